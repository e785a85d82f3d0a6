/**
 * Splits a command line at spaces, as a shell does: quotes of either kind keep what they enclose together and are
 * dropped. There are no escapes and no expansion.
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)) words.push(word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  return words;
}
