import type { CelType, ObjectDeclaration, TypeKind } from './values.ts';

export type { CelType, TypeKind } from './values.ts';

const plain = (kind: TypeKind, name: string = kind): CelType => ({ kind, name, parameters: [] });

export const DYN = plain('dyn');
export const ANY = plain('any', 'google.protobuf.Any');
export const ERROR = plain('error', '*error*');
export const NULL = plain('null', 'null_type');
export const BOOL = plain('bool');
export const INT = plain('int');
export const UINT = plain('uint');
export const DOUBLE = plain('double');
export const STRING = plain('string');
export const BYTES = plain('bytes');
export const TIMESTAMP = plain('timestamp', 'google.protobuf.Timestamp');
export const DURATION = plain('duration', 'google.protobuf.Duration');

export const listOf = (element: CelType): CelType => ({ kind: 'list', name: 'list', parameters: [element] });
export const mapOf = (key: CelType, value: CelType): CelType => ({ kind: 'map', name: 'map', parameters: [key, value] });
export const typeOf = (of?: CelType): CelType => ({ kind: 'type', name: 'type', parameters: of === undefined ? [] : [of] });
export const param = (name: string): CelType => ({ kind: 'param', name, parameters: [] });
/** A type of a library: its values are opaque to the language. */
export const opaque = (name: string, ...parameters: CelType[]): CelType => ({ kind: 'opaque', name, parameters });
export const objectType = (object: ObjectDeclaration): CelType => ({ kind: 'object', name: object.name, parameters: [], object });
/** A primitive that may be null. */
export const wrapperOf = (of: CelType): CelType => ({ kind: 'wrapper', name: of.name, parameters: [of] });
export const optionalOf = (of: CelType): CelType => opaque('optional_type', of);

export const LIST_DYN = listOf(DYN);
export const MAP_DYN = mapOf(DYN, DYN);

export const isDyn = (type: CelType): boolean => type.kind === 'dyn';
export const isDynOrError = (type: CelType): boolean => type.kind === 'dyn' || type.kind === 'error';
export const isOptional = (type: CelType): boolean => type.kind === 'opaque' && type.name === 'optional_type';

export function equalTypes(a: CelType, b: CelType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.name !== b.name || a.parameters.length !== b.parameters.length) return false;
  return a.parameters.every((p, i) => equalTypes(p, b.parameters[i] ?? DYN));
}

function withParameters(type: CelType, name: string, show: (t: CelType) => string): string {
  return type.parameters.length === 0 ? name : `${name}(${type.parameters.map(show).join(', ')})`;
}

const SHOWN_BY_KIND: ReadonlySet<TypeKind> = new Set<TypeKind>(['any', 'null', 'timestamp', 'duration']);

/** A type as problems name it: `timestamp`, `list(int)`, `wrapper(int)`. */
export function formatType(type: CelType): string {
  if (SHOWN_BY_KIND.has(type.kind)) return type.kind;
  if (type.kind === 'error') return '!error!';
  return type.kind === 'wrapper' ? `wrapper(${type.name})` : withParameters(type, type.name, formatType);
}

/** A type by its run-time name: `google.protobuf.Timestamp`, `null_type`, `list(int)`. */
export function typeName(type: CelType): string {
  return type.kind === 'wrapper' ? `wrapper(${type.name})` : withParameters(type, type.name, typeName);
}
