import { Environment } from './environment.ts';
import type { VariableDeclaration } from './environment.ts';
import { encoders } from './libraries/encoders.ts';
import { bindings } from './libraries/bindings.ts';
import { extendedLists } from './libraries/extended-lists.ts';
import { math } from './libraries/math.ts';
import { optionals } from './libraries/optionals.ts';
import { strings } from './libraries/strings.ts';
import { sets } from './libraries/sets.ts';
import { twoVariableComprehensions } from './libraries/two-variable-comprehensions.ts';
import { canonical } from './numbers.ts';
import { standardLibrary } from './standard-library.ts';
import { parseDuration, parseTimestamp } from './time.ts';
import * as types from './types.ts';
import type { CelType } from './types.ts';
import { CelDouble, CelList, CelTypeValue, CelUint, LiteralMap } from './values.ts';
import type { CelValue, MapKey } from './values.ts';

/** A value as the conformance data writes it. */
export interface SpecValue {
  readonly int64Value?: string | number;
  readonly uint64Value?: string | number;
  readonly doubleValue?: number | string;
  readonly stringValue?: string;
  readonly bytesValue?: string;
  readonly boolValue?: boolean;
  readonly nullValue?: unknown;
  readonly typeValue?: string;
  readonly listValue?: { readonly values?: readonly SpecValue[] };
  readonly mapValue?: { readonly entries?: readonly { readonly key: SpecValue; readonly value: SpecValue }[] };
  readonly objectValue?: { readonly '@type': string; readonly value?: unknown };
}

interface SpecType {
  readonly primitive?: string;
  readonly wellKnown?: string;
  readonly dyn?: unknown;
  readonly null?: unknown;
  readonly listType?: { readonly elemType?: SpecType };
  readonly mapType?: { readonly keyType?: SpecType; readonly valueType?: SpecType };
  readonly messageType?: string;
  readonly type?: SpecType;
  readonly typeParam?: string;
  readonly wrapper?: string;
  readonly abstractType?: { readonly name: string; readonly parameterTypes?: readonly SpecType[] };
}

export interface ConformanceCase {
  readonly name: string;
  readonly expr: string;
  readonly value?: SpecValue;
  readonly typedResult?: { readonly result?: SpecValue };
  readonly evalError?: unknown;
  readonly disableCheck?: boolean;
  readonly checkOnly?: boolean;
  readonly container?: string;
  readonly typeEnv?: readonly { readonly name: string; readonly ident?: { readonly type?: SpecType } }[];
  readonly bindings?: Readonly<Record<string, { readonly value?: SpecValue }>>;
}

const PRIMITIVES: Readonly<Record<string, CelType>> = { BOOL: types.BOOL, INT64: types.INT, UINT64: types.UINT, DOUBLE: types.DOUBLE, STRING: types.STRING, BYTES: types.BYTES };
const WELL_KNOWN: Readonly<Record<string, CelType>> = { ANY: types.ANY, TIMESTAMP: types.TIMESTAMP, DURATION: types.DURATION };

function specType(type: SpecType | undefined): CelType {
  if (type === undefined || type.dyn !== undefined) return types.DYN;
  if (type.primitive !== undefined) return PRIMITIVES[type.primitive] ?? types.DYN;
  if (type.wellKnown !== undefined) return WELL_KNOWN[type.wellKnown] ?? types.DYN;
  if (type.wrapper !== undefined) return types.wrapperOf(PRIMITIVES[type.wrapper] ?? types.DYN);
  if (type.null !== undefined) return types.NULL;
  if (type.listType !== undefined) return types.listOf(specType(type.listType.elemType));
  if (type.mapType !== undefined) return types.mapOf(specType(type.mapType.keyType), specType(type.mapType.valueType));
  if (type.type !== undefined) return types.typeOf(specType(type.type));
  if (type.abstractType?.name === 'optional_type') return types.optionalOf(specType(type.abstractType.parameterTypes?.[0]));
  return types.DYN;
}

/** The value of a case's data; messages of protobuf types that CEL has values for become those. */
export function expectedValue(value: SpecValue): CelValue {
  if (value.int64Value !== undefined) return canonical(BigInt(value.int64Value));
  if (value.uint64Value !== undefined) return new CelUint(canonical(BigInt(value.uint64Value)));
  if (value.doubleValue !== undefined) return new CelDouble(Number(value.doubleValue));
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.bytesValue !== undefined) return Uint8Array.from(Buffer.from(value.bytesValue, 'base64'));
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.typeValue !== undefined) return new CelTypeValue({ kind: 'type', name: value.typeValue, parameters: [] });
  if (value.listValue !== undefined) return new CelList((value.listValue.values ?? []).map(expectedValue));
  if (value.mapValue !== undefined) {
    const entries = new Map<MapKey, readonly [CelValue, CelValue]>();
    for (const entry of value.mapValue.entries ?? []) {
      const key = expectedValue(entry.key);
      entries.set(key instanceof CelUint ? key.value : (key as MapKey), [key, expectedValue(entry.value)]);
    }
    return new LiteralMap(entries);
  }
  if (value.objectValue?.['@type'].endsWith('.Timestamp') === true) return parseTimestamp(String(value.objectValue.value)) ?? null;
  if (value.objectValue?.['@type'].endsWith('.Duration') === true) return parseDuration(String(value.objectValue.value)) ?? null;
  return null;
}

const LIBRARIES = [standardLibrary({ crossTypeNumbers: true }), optionals, strings(4), math, encoders, sets, bindings, extendedLists, twoVariableComprehensions];
const OPTIONS = { libraries: LIBRARIES, optionalSyntax: true, escapedIdentifiers: true };

/** An environment with a case's variables, and their values. */
export function conformanceEnvironment(original: ConformanceCase): { environment: Environment; activation: Readonly<Record<string, CelValue>> } {
  const variables: Record<string, VariableDeclaration> = {};
  for (const declared of original.typeEnv ?? []) variables[declared.name] = { type: specType(declared.ident?.type) };
  const activation: Record<string, CelValue> = {};
  for (const [name, binding] of Object.entries(original.bindings ?? {})) {
    activation[name] = expectedValue(binding.value ?? {});
    variables[name] ??= { type: types.DYN };
  }
  return { environment: new Environment({ ...OPTIONS, variables, container: original.container ?? '' }), activation };
}
