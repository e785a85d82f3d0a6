/** Kubernetes' bounds, in characters: of all texts, and of each once those are reached. */
const MAX_TOTAL = 4096;
const MAX_OF_LONG = 256;

/**
 * Warnings as RFC 7234 values with code 299. When they are too many to be told whole, long ones are cut, and what still
 * does not fit is left out.
 */
export function warningHeader(warnings: readonly string[]): string[] {
  const texts = [...new Set(warnings)].filter((text) => text !== '');
  if (lengthOf(texts) <= MAX_TOTAL) return texts.map(warningValue);
  const values: string[] = [];
  let total = 0;
  for (const text of texts) {
    if (total >= MAX_TOTAL) break;
    const short = [...text].slice(0, MAX_OF_LONG).join('');
    total += lengthOf([short]);
    values.push(warningValue(short));
  }
  return values;
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + [...text].length, 0);
}

/** Headers carry bytes: other characters than ASCII's go as those of their UTF-8 form. */
function warningValue(text: string): string {
  const quoted = text.replace(/[\p{Cc}]+/gu, ' ').replace(/\\/g, '\\\\').replace(/"/g, '\\"');
  return `299 - "${Buffer.from(quoted, 'utf8').toString('latin1')}"`;
}
