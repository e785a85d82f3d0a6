/**
 * An expression's text, and problems found in it. Offsets inside the engine count UTF-16 units; what people see
 * counts lines from 1 and columns in characters, and is drawn the way CEL tools draw it: the line, and a caret under it.
 */
export interface Issue {
  readonly message: string;
  /** UTF-16 offset into the text; -1 where a problem belongs to no place, and past the end for a missing ending. */
  readonly offset: number;
}

/** After this many problems the rest is left out. */
export const MAX_ISSUES = 100;

interface Location {
  /** From 1; -1 for problems without a place. */
  readonly line: number;
  /** From 0, in characters. */
  readonly column: number;
}

function codePointLength(text: string, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) i++;
    count++;
  }
  return count;
}

/** Where an offset stands. An empty text has its end one column before its beginning, as CEL's grammar counts. */
export function locate(text: string, offset: number): Location {
  if (offset < 0) return { line: -1, column: -1 };
  if (text === '') return { line: 1, column: -1 };
  let line = 1;
  let start = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) {
    line++;
    start = i + 1;
  }
  return { line, column: codePointLength(text, start, Math.min(offset, text.length)) };
}

function caret(line: string, column: number): string {
  let out = '';
  let at = 0;
  for (const char of line) {
    const wide = (char.codePointAt(0) ?? 0) > 0x7f;
    if (at++ === column) return out + (wide ? '＾' : '^');
    out += wide ? '．' : '.';
  }
  return `${out}^`;
}

function display(text: string, issue: Issue): string {
  const { line, column } = locate(text, issue.offset);
  const head = `ERROR: <input>:${line}:${column + 1}: ${issue.message}`;
  if (line < 1 || text === '') return head;
  const shown = (text.split('\n')[line - 1] ?? '').replaceAll('\t', ' ');
  return `${head}\n | ${shown}\n | ${caret(shown, column)}`;
}

/** All problems in the order of their places, each with the line it stands in. */
export function formatIssues(text: string, issues: readonly Issue[]): string {
  const sorted = [...issues].sort((a, b) => a.offset - b.offset);
  const shown = sorted.slice(0, MAX_ISSUES).map((issue) => display(text, issue));
  if (sorted.length > MAX_ISSUES) shown.push(`${sorted.length - MAX_ISSUES} more errors were truncated`);
  return shown.join('\n');
}
