import { describe, expect, test } from 'vitest';
import { tests as suite } from '@bufbuild/cel-spec/testdata/conformance.js';
import { CONFORMANCE_EXCEPTIONS, OUT_OF_SCOPE } from './conformance-exceptions.ts';
import { conformanceEnvironment, expectedValue } from './conformance-support.ts';
import type { ConformanceCase } from './conformance-support.ts';
import { showValue } from './evaluation-support.ts';
import { formatType } from './types.ts';

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: ConformanceCase; readonly type?: string }[];
}

interface TypedCase {
  readonly original: ConformanceCase;
  readonly type: string | undefined;
}

/** Runs a case; answers with what differs, or nothing. */
function difference(original: ConformanceCase): string | undefined {
  const { environment, activation } = conformanceEnvironment(original);
  const compiled = original.disableCheck === true ? environment.compileUnchecked(original.expr) : environment.compile(original.expr);
  const fails = original.evalError !== undefined;
  if (compiled.program === undefined) return fails ? undefined : compiled.issues;
  if (original.checkOnly === true) return undefined;
  const result = compiled.program.evaluate(activation, { costLimit: 1_000_000 });
  if (result.error !== undefined) return fails ? undefined : `error: ${result.error}`;
  const got = showValue(result.value);
  if (fails) return `no error but ${got}`;
  const wanted = showValue(expectedValue(original.value ?? original.typedResult?.result ?? { boolValue: true }));
  return got === wanted ? undefined : `${got} instead of ${wanted}`;
}

/** What the type checker of the reference implementation says the expression's type is. */
function typeDifference(original: ConformanceCase, type: string): string | undefined {
  const { program } = conformanceEnvironment(original).environment.compile(original.expr);
  const found = program === undefined ? undefined : formatType(program.type);
  return found === undefined || found === type ? undefined : `${original.expr}: ${found} instead of ${type}`;
}

function collect(node: Suite, path: string, into: Map<string, TypedCase[]>): void {
  for (const { original, type } of node.tests ?? []) {
    const list = into.get(path);
    const found = { original, type: original.disableCheck === true ? undefined : type };
    if (list === undefined) into.set(path, [found]);
    else list.push(found);
  }
  for (const below of node.suites ?? []) collect(below, path === '' ? below.name : `${path}/${below.name}`, into);
}

const files = new Map<string, TypedCase[]>();
collect(suite as unknown as Suite, '', files);

const inScope = (path: string, original: ConformanceCase): boolean =>
  !OUT_OF_SCOPE.some((reason) => path.startsWith(reason.path) || (reason.text !== undefined && JSON.stringify(original).includes(reason.text)));

describe('the conformance tests of CEL', () => {
  test('few cases are left out, and nearly all others pass', () => {
    const cases = [...files].flatMap(([path, list]) => list.filter(({ original }) => inScope(path, original)));
    expect(cases.length).toBeGreaterThan(1600);
    expect(CONFORMANCE_EXCEPTIONS.size / cases.length).toBeLessThan(0.005);
  });

  test.each([...files].filter(([path, cases]) => cases.some(({ original }) => inScope(path, original))))('%s', (path, cases) => {
    const failed: string[] = [];
    const fixed: string[] = [];
    for (const { original, type } of cases) {
      const id = `${path}/${original.name}`;
      if (!inScope(path, original)) continue;
      const found = difference(original) ?? (type === undefined ? undefined : typeDifference(original, type));
      const excepted = CONFORMANCE_EXCEPTIONS.has(id);
      if (found !== undefined && !excepted) failed.push(`${id}: ${original.expr}\n    ${found}`);
      if (found === undefined && excepted) fixed.push(id);
    }
    expect(failed).toEqual([]);
    // The list of exceptions names only what fails.
    expect(fixed).toEqual([]);
  });
});
