import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { NodeMaker, requiredArgument, variableName } from '../macros.ts';
import type { Macro } from '../macros.ts';
import { optionalAt, at } from '../operators.ts';
import { DYN, optionalOf, typeOf } from '../types.ts';
import { CelDouble, CelDuration, CelList, CelObject, CelOptional, CelTimestamp, CelTypeValue, CelUint, isMap } from '../values.ts';
import type { CelValue } from '../values.ts';

const optional = (value: unknown): CelOptional => (value instanceof CelOptional ? value : noSuchOverload());

/** Empty, zero, false: what a type has when nothing is said. */
function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0 || value === '') return true;
  if (typeof value !== 'object') return false;
  if (value instanceof CelDouble || value instanceof CelUint) return value.value === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof CelDuration || value instanceof CelTimestamp) return value.nanos === 0n;
  if (value instanceof CelList) return value.size === 0;
  if (value instanceof CelObject) return Object.keys(value.json).length === 0;
  return isMap(value) && value.size === 0;
}

/** `x.optMap(v, f)`: f of what x holds, or none. `flat` leaves the result as the optional that f makes. */
const mapping = (name: string, flat: boolean): Macro => ({
  name,
  member: true,
  arguments: 2,
  expand(offset, target, [variable, expression]) {
    const make = new NodeMaker(offset);
    const from = requiredArgument(target);
    const mapped = make.fold({
      range: make.list(),
      iterVar: '#unused',
      accuVar: variableName(variable, `${name}() variable name must be a simple identifier`),
      accuInit: make.method('value', from),
      condition: make.literal(false),
      step: make.ident(variableName(variable, '')),
      result: requiredArgument(expression),
    });
    return make.call('_?_:_', make.method('hasValue', from), flat ? mapped : make.call('optional.of', mapped), make.call('optional.none'));
  },
});

const end = (last: boolean): Implementation => (list) => {
  if (!(list instanceof CelList)) return noSuchOverload();
  return list.size === 0 ? CelOptional.none : new CelOptional(list.get(last ? list.size - 1 : 0));
};

const unwrap: Implementation = (list) => {
  if (!(list instanceof CelList)) return noSuchOverload();
  const items: CelValue[] = [];
  for (let i = 0; i < list.size; i++) {
    const { value } = optional(list.get(i));
    if (value !== undefined) items.push(value);
  }
  return new CelList(items);
};

/** Values that may be absent. `or` and `orValue` are lazy: the evaluator knows them by their overloads. */
export const optionals: Library = {
  name: 'optional',
  macros: [mapping('optMap', false), mapping('optFlatMap', true)],
  constants: [{ name: 'optional_type', type: typeOf(optionalOf(DYN)), value: new CelTypeValue(optionalOf(DYN)) }],
  functions: [
    declare('optional.of', overload('optional_of', '(A) -> optional(A)', (value) => new CelOptional(value as CelValue))),
    declare('optional.ofNonZeroValue', overload('optional_ofNonZeroValue', '(A) -> optional(A)', (value) => (isZero(value as CelValue) ? CelOptional.none : new CelOptional(value as CelValue)))),
    declare('optional.none', overload('optional_none', '() -> optional(A)', () => CelOptional.none)),
    declare('optional.unwrap', overload('optional_unwrap', '(list(optional(A))) -> list(A)', unwrap)),
    declare('unwrapOpt', overload('optional_unwrapOpt', 'list(optional(A)) . () -> list(A)', unwrap)),
    declare('value', overload('optional_value', 'optional(A) . () -> A', (value) => optional(value).value ?? fail('optional.none() dereference'))),
    declare('hasValue', overload('optional_hasValue', 'optional(A) . () -> bool', (value) => optional(value).value !== undefined)),
    declare('or', overload('optional_or_optional', 'optional(A) . (optional(A)) -> optional(A)', (a, b) => (optional(a).value === undefined ? optional(b) : optional(a)))),
    declare('orValue', overload('optional_orValue_value', 'optional(A) . (A) -> A', (a, b) => optional(a).value ?? (b as CelValue))),
    declare('first', overload('list_first', 'list(A) . () -> optional(A)', end(false))),
    declare('last', overload('list_last', 'list(A) . () -> optional(A)', end(true))),
    declare('_?._', overload('select_optional_field', '(dyn, string) -> optional(A)', optionalAt as Implementation)),
    declare(
      '_[?_]',
      overload('list_optindex_optional_int', '(list(A), int) -> optional(A)', optionalAt as Implementation),
      overload('optional_list_optindex_optional_int', '(optional(list(A)), int) -> optional(A)', optionalAt as Implementation),
      overload('map_optindex_optional_value', '(map(A, B), A) -> optional(B)', optionalAt as Implementation),
      overload('optional_map_optindex_optional_value', '(optional(map(A, B)), A) -> optional(B)', optionalAt as Implementation),
    ),
    declare(
      '_[_]',
      overload('optional_list_index_int', '(optional(list(A)), int) -> optional(A)', at as Implementation),
      overload('optional_map_index_value', '(optional(map(A, B)), A) -> optional(B)', at as Implementation),
    ),
  ],
};
