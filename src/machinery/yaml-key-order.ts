/**
 * The order in which Kubernetes' YAML library writes the keys of a map: letters after everything else, runs of digits
 * by their number (`a2` before `a10`).
 */
export function compareYamlKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charAt(i);
    const right = b.charAt(i);
    if (left === right) continue;
    const leftLetter = isLetter(left);
    const rightLetter = isLetter(right);
    if (leftLetter && rightLetter) return left < right ? -1 : 1;
    if (leftLetter || rightLetter) return rightLetter ? -1 : 1;
    return compareNumbers(a, b, i);
  }
  return a.length - b.length;
}

function isLetter(char: string): boolean {
  return /^\p{L}$/u.test(char);
}

/** From the first difference on: the number that the digits make, then how many there are, then the characters. */
function compareNumbers(a: string, b: string, at: number): number {
  // A zero that stands behind other digits is part of their number, not a leading one.
  const continued = (a.charAt(at) === '0' || b.charAt(at) === '0') && /[1-9][0-9]*$/.test(a.slice(0, at));
  const head = continued ? '1' : '0';
  const left = digitsFrom(a, at);
  const right = digitsFrom(b, at);
  const difference = BigInt(head + left) - BigInt(head + right);
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  if (left.length !== right.length) return left.length - right.length;
  return a.charAt(at) < b.charAt(at) ? -1 : 1;
}

/** At most eighteen digits: more would not fit into the numbers that the library compares. */
function digitsFrom(text: string, at: number): string {
  return (/^[0-9]{0,18}/.exec(text.slice(at, at + 18)) ?? [''])[0];
}
