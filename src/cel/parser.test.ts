import { describe, expect, test } from 'vitest';
import { tests as suite } from '@bufbuild/cel-spec/testdata/parsing.js';
import { EXISTS_ONE_MACRO, STANDARD_MACROS } from './macros.ts';
import { MAX_DEPTH, parse } from './parser.ts';
import { formatIssues } from './source.ts';

const OPTIONS = { macros: [...STANDARD_MACROS, EXISTS_ONE_MACRO], optionalSyntax: true, escapedIdentifiers: false };
const problems = (text: string, options = OPTIONS): string => formatIssues(text, parse(text, options).issues);

describe('syntax errors', () => {
  test('they read and point as those of the reference implementation do', () => {
    const wrong: string[] = [];
    for (const { original, error = '' } of suite.tests ?? []) {
      // What only the checker finds is tagged with the input's name; depth limits differ.
      if (/recursion|lookahead limit|attempt limit/.test(error)) continue;
      const expected = error.includes('<input>') ? '' : error;
      const options = { ...OPTIONS, optionalSyntax: !error.includes("unsupported syntax '"), escapedIdentifiers: !error.includes('`') };
      const found = problems(original.expr, options).replaceAll('ERROR: <input>', 'ERROR: ');
      if (found !== expected) wrong.push(`${original.expr}\n${found}\n${expected}`);
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['', "ERROR: <input>:1:0: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"],
    ['object.', "ERROR: <input>:1:8: Syntax error: no viable alternative at input '.'\n | object.\n | .......^"],
    ['(1 + 2', "ERROR: <input>:1:7: Syntax error: missing ')' at '<EOF>'\n | (1 + 2\n | ......^"],
    ['[1, 2', "ERROR: <input>:1:6: Syntax error: mismatched input '<EOF>' expecting {']', ','}\n | [1, 2\n | .....^"],
    ["'abc", "ERROR: <input>:1:1: Syntax error: token recognition error at: ''abc'\n | 'abc\n | ^\nERROR: <input>:1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | 'abc\n | ....^"],
    ['a ? b', "ERROR: <input>:1:6: Syntax error: mismatched input '<EOF>' expecting ':'\n | a ? b\n | .....^"],
    ['1\n  + é', "ERROR: <input>:2:5: Syntax error: token recognition error at: 'é'\n |   + é\n | ....＾\nERROR: <input>:2:6: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n |   + é\n | ....．^"],
  ])('%j', (text, expected) => {
    expect(problems(text)).toBe(expected);
  });
});

describe('bounds', () => {
  test.each([
    ['parentheses', '('.repeat(MAX_DEPTH + 1) + '1' + ')'.repeat(MAX_DEPTH + 1)],
    ['lists', '['.repeat(10_000)],
    ['sums', '1' + '+1'.repeat(50_000)],
    ['selections', 'a' + '.b'.repeat(5_000)],
    ['negations within parentheses', '-('.repeat(30_000)],
    ['nested sums that grow to the left', '('.repeat(200) + '1' + `${'+1'.repeat(100)})`.repeat(200)],
  ])('too many nested %s are refused', (_, text) => {
    expect(problems(text)).toContain('ERROR');
  });

  test('expressions of more than 100,000 characters are refused', () => {
    expect(problems(`'${'x'.repeat(100_000)}'`)).toBe('ERROR: <input>:-1:0: expression code point size exceeds limit: size: 100002, limit 100000');
  });

  test('long chains of && and || do not nest', () => {
    expect(problems(Array.from({ length: 5_000 }, (_, i) => `a${i}`).join(' && '))).toBe('');
  });
});
