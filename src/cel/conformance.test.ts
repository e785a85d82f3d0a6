import { describe, expect, test } from 'vitest';
import { tests as suite } from '@bufbuild/cel-spec/testdata/conformance.js';
import { CONFORMANCE_EXCEPTIONS, OUT_OF_SCOPE } from './conformance-exceptions.ts';
import { conformanceEnvironment, expectedValue, showValue } from './conformance-support.ts';
import type { ConformanceCase } from './conformance-support.ts';

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: ConformanceCase }[];
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

function collect(node: Suite, path: string, into: Map<string, ConformanceCase[]>): void {
  for (const { original } of node.tests ?? []) {
    const list = into.get(path);
    if (list === undefined) into.set(path, [original]);
    else list.push(original);
  }
  for (const below of node.suites ?? []) collect(below, path === '' ? below.name : `${path}/${below.name}`, into);
}

const files = new Map<string, ConformanceCase[]>();
collect(suite as unknown as Suite, '', files);

describe('the conformance tests of CEL', () => {
  test.each([...files].filter(([path]) => !OUT_OF_SCOPE.some((reason) => path.startsWith(reason.path))))('%s', (path, cases) => {
    const failed: string[] = [];
    const fixed: string[] = [];
    for (const original of cases) {
      const id = `${path}/${original.name}`;
      if (OUT_OF_SCOPE.some((reason) => reason.text !== undefined && JSON.stringify(original).includes(reason.text))) continue;
      const found = difference(original);
      const excepted = CONFORMANCE_EXCEPTIONS.has(id);
      if (found !== undefined && !excepted) failed.push(`${id}: ${original.expr}\n    ${found}`);
      if (found === undefined && excepted) fixed.push(id);
    }
    expect(failed).toEqual([]);
    // The list of exceptions names only what fails.
    expect(fixed).toEqual([]);
  });
});
