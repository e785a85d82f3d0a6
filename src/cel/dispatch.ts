import { fail } from './evaluation-error.ts';
import type { Implementation, Overload } from './functions.ts';
import type { CelType, TypeKind } from './types.ts';
import type { CelValue } from './values.ts';
import { valueType } from './value-type.ts';

const ANYTHING: ReadonlySet<TypeKind> = new Set<TypeKind>(['dyn', 'any', 'param', 'error']);

/** Whether a value may be an argument of this type: by its outside, not by what it holds. */
export function accepts(type: CelType, value: CelValue): boolean {
  if (ANYTHING.has(type.kind)) return true;
  if (type.kind === 'wrapper') return value === null || accepts(type.parameters[0] ?? type, value);
  const actual = valueType(value);
  if (type.kind === 'object' || type.kind === 'opaque') return actual.name === type.name;
  return actual.kind === type.kind || (type.kind === 'map' && actual.kind === 'object');
}

/** Whether calls with arguments of these static types need no look at the values. */
function certain(overload: Overload, argTypes: readonly CelType[]): boolean {
  return overload.params.every((param, i) => {
    const type = argTypes[i];
    if (param.kind === 'dyn' || param.kind === 'param') return true;
    return type !== undefined && type.kind !== 'wrapper' && type.kind === param.kind && type.name === param.name;
  });
}

/** One implementation for the overloads that may apply: the first whose parameters take the values. */
export function dispatcher(name: string, overloads: readonly Overload[], argTypes: readonly CelType[], constants: readonly (CelValue | undefined)[]): { call: Implementation; chosen: (args: readonly CelValue[]) => Overload | undefined } {
  const [only] = overloads;
  if (only !== undefined && overloads.length === 1 && certain(only, argTypes)) {
    return { call: only.prepare?.(constants) ?? only.call, chosen: () => only };
  }
  const prepared = overloads.map((overload) => overload.prepare?.(constants) ?? overload.call);
  const find = (args: readonly CelValue[]): number => overloads.findIndex((o) => o.params.length === args.length && o.params.every((type, i) => accepts(type, args[i] as CelValue)));
  return {
    call: (...args) => {
      const call = prepared[find(args)];
      if (call !== undefined) return call(...args);
      if (/^[_@!-]/.test(name)) return fail('no such overload');
      return fail(`no such overload: ${name}(${args.map((arg) => valueType(arg).name).join(', ')})`);
    },
    chosen: (args) => overloads[find(args)],
  };
}
