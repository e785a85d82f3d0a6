import { RE2JS, RE2JSSyntaxException } from 're2js';

/** A pattern in RE2's syntax, matched in time linear in the text. */
export interface Regex {
  /** Somewhere in the text. */
  test(text: string): boolean;
  /** All non-overlapping matches, at most `limit`, with their groups (undefined where a group took no part). */
  matches(text: string, limit: number): readonly RegexMatch[];
  /** How many groups the pattern has. */
  readonly groups: number;
}

export interface RegexMatch {
  readonly text: string;
  readonly index: number;
  readonly groups: readonly (string | undefined)[];
}

/** Longer patterns are refused, so that compiling is bounded too. */
const MAX_PATTERN = 10_000;

/** The pattern, or what is wrong with it. */
export function compileRegex(pattern: string): Regex | { readonly error: string } {
  if (pattern.length > MAX_PATTERN) return { error: 'expression too large' };
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) return { error: String(error) };
    const input = error.getPattern();
    return { error: `error parsing regexp: ${error.getDescription()}${input === null || input === '' ? '' : `: \`${input}\``}` };
  }
  return {
    groups: compiled.groupCount(),
    test: (text) => compiled.test(text),
    matches(text, limit) {
      const found: RegexMatch[] = [];
      const matcher = compiled.matcher(text);
      while (found.length < limit && matcher.find()) {
        const groups: (string | undefined)[] = [];
        for (let i = 1; i <= matcher.groupCount(); i++) groups.push(matcher.group(i) ?? undefined);
        found.push({ text: matcher.group() ?? '', index: matcher.start(), groups });
      }
      return found;
    },
  };
}

/** Keeps the patterns used last, for patterns that are not constants. One for each environment. */
export class RegexCache {
  private readonly kept = new Map<string, Regex | { readonly error: string }>();
  private readonly capacity: number;
  constructor(capacity = 64) {
    this.capacity = capacity;
  }
  get(pattern: string): Regex | { readonly error: string } {
    let regex = this.kept.get(pattern);
    if (regex !== undefined) return regex;
    regex = compileRegex(pattern);
    if (this.kept.size >= this.capacity) {
      const oldest = this.kept.keys().next();
      if (oldest.done !== true) this.kept.delete(oldest.value);
    }
    this.kept.set(pattern, regex);
    return regex;
  }
}
