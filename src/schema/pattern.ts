/**
 * Patterns come from users and run against users' values, so they run in linear time (RE2), never in the backtracking
 * engine of the language.
 */
import { RE2JS, RE2JSException } from 're2js';

export interface Pattern {
  /** True where the pattern occurs anywhere in the text. */
  matches(text: string): boolean;
}

/** Longer patterns are refused, as is whatever RE2 cannot parse. */
const MAX_PATTERN_LENGTH = 16_384;

export type PatternResult = { readonly pattern: Pattern } | { readonly error: string };

export function compilePattern(source: string): PatternResult {
  if (source.length > MAX_PATTERN_LENGTH) return { error: `pattern is longer than ${MAX_PATTERN_LENGTH} characters` };
  try {
    const compiled = RE2JS.compile(source);
    return { pattern: { matches: (text) => compiled.test(text) } };
  } catch (error) {
    if (error instanceof RE2JSException) return { error: error.message };
    throw error;
  }
}
