import { DecodeError } from './decode-error.ts';

const CANONICAL = /^[A-Za-z0-9+/]*$/;

function isAlphabet(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 43 || code === 47;
}

function illegal(at: number): never {
  throw new DecodeError(`illegal base64 data at input byte ${at}`);
}

/**
 * Base64 as Go decodes it (padding required, line breaks ignored) and encodes it again. Throws DecodeError with the
 * position that Go would name.
 */
export function canonicalBase64(text: string): string {
  const length = text.length;
  if (length % 4 === 0 && CANONICAL.test(text)) return text;
  checkBase64(text);
  return Buffer.from(text, 'base64').toString('base64');
}

/** Walks quanta of four characters, the way Go's decoder does, to fail at the same byte. */
function checkBase64(text: string): void {
  const isBreak = (i: number): boolean => text.charCodeAt(i) === 10 || text.charCodeAt(i) === 13;
  const skipBreaks = (i: number): number => {
    let at = i;
    while (at < text.length && isBreak(at)) at++;
    return at;
  };
  let at = 0;
  let inQuantum = 0;
  while (at < text.length) {
    if (isBreak(at)) {
      at++;
      continue;
    }
    const code = text.charCodeAt(at++);
    if (isAlphabet(code)) {
      inQuantum = (inQuantum + 1) % 4;
      continue;
    }
    if (code !== 61 || inQuantum < 2) illegal(at - 1);
    if (inQuantum === 2) {
      at = skipBreaks(at);
      if (at === text.length) illegal(text.length);
      if (text.charCodeAt(at) !== 61) illegal(at - 1);
      at++;
    }
    at = skipBreaks(at);
    if (at < text.length) illegal(at);
    return;
  }
  if (inQuantum !== 0) illegal(at - inQuantum);
}
