/**
 * Validation of values against a structural schema, compiled once into closures. Findings, their texts and their order
 * are those of the OpenAPI validation that Kubernetes uses: at each value type, junctors, string, format, number, list,
 * enum, object.
 */
import { fieldInvalid, fieldNotSupported, fieldRequired, fieldTooMany, type FieldError } from '../machinery/field-error.ts';
import { equalJson } from '../machinery/json.ts';
import { stringifyJson } from '../machinery/parse-json.ts';
import { compileNumberCheck } from './number-checks.ts';
import { compileStringCheck } from './string-checks.ts';
import { schemaOfKey, type Structural } from './structural.ts';
import { addGeneralError, addTypeError, errorPath, formatOf, textPath, typeOfJson, typesOf, type JsonType, type ValidationState } from './validation-state.ts';

/** Returns how many checks the value met, by which anyOf and oneOf choose the nearest miss. */
export type Check = (value: unknown, old: unknown, state: ValidationState) => number;

/** Compiles a schema and all below it. `old` of the check is the value that stood there before, or undefined for none. */
export function compileCheck(schema: Structural): Check {
  const types = typesOf(schema);
  const junctors = compileJunctors(schema);
  const checkEnum = compileEnum(schema.props.enum);
  const checkString = compileStringCheck(schema);
  const checkNumber = compileNumberCheck(schema);
  const checkArray = compileArray(schema);
  const checkObject = compileObject(schema);
  const typed = types.length > 0 || formatOf(schema) !== '' ? 1 : 0;
  const [onlyType] = types;

  return (value, old, state) => {
    const before = state.errors.length;
    const type = typeOfJson(value);
    let met = 0;
    if (typed === 1) {
      const fits = type === onlyType && types.length === 1;
      met += fits || checkType(schema, types, type, state) ? 2 : 1;
    }
    if (type === 'null') {
      checkEnum?.(value, state);
    } else {
      met += 3;
      if (junctors !== undefined) met += junctors(value, old, state);
      switch (type) {
        case 'string':
          if (checkString !== undefined) met += checkString(value as string, state);
          break;
        case 'integer':
        case 'number':
          checkNumber?.(value as number | bigint, type === 'integer', state);
          break;
        case 'array':
          met += checkArray(value as unknown[], Array.isArray(old) ? old : undefined, state);
          break;
        case 'object':
          break;
        case 'boolean':
          break;
      }
      checkEnum?.(value, state);
      if (type === 'object') met += checkObject(value as Record<string, unknown>, asObject(old), state);
    }
    // Ratcheting: what has not changed is not held against the writer.
    if (state.errors.length > before && old !== undefined && equalJson(value, old)) state.errors.length = before;
    return met;
  };
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** False when a finding was added. */
function checkType(schema: Structural, types: readonly string[], type: JsonType, state: ValidationState): boolean {
  if (type === 'null') {
    if (types.length === 0 || schema.nullable) return true;
    addTypeError(state, types.join(','), 'null');
    return false;
  }
  const format = formatOf(schema);
  const integerAsNumber = type === 'integer' && types.includes('number');
  if (format !== '' && type !== 'string' && type !== 'array') {
    const found = type === 'integer' ? 'int64' : type === 'number' ? 'float64' : '';
    if (!types.includes(type) && !integerAsNumber && found !== format) {
      addTypeError(state, format, found);
      return false;
    }
  }
  if (types.length === 0 || types.includes(type) || integerAsNumber) return true;
  addTypeError(state, types.join(','), type);
  return false;
}

/** Null is never one of the values, even where the enum lists it. */
function compileEnum(allowed: readonly unknown[] | undefined): ((value: unknown, state: ValidationState) => void) | undefined {
  if (allowed === undefined || allowed.length === 0) return undefined;
  const scalars = new Set(allowed.filter((item) => typeof item !== 'object'));
  const others = allowed.filter((item) => typeof item === 'object' && item !== null);
  return (value, state) => {
    if (scalars.has(value) || others.some((item) => equalJson(item, value))) return;
    const shown = allowed.map((item) => (typeof item === 'string' ? item : stringifyJson(item)));
    state.errors.push(fieldNotSupported(errorPath(state), value, shown));
  };
}

interface JunctorLists {
  readonly anyOf: readonly Check[];
  readonly oneOf: readonly Check[];
  readonly allOf: readonly Check[];
  readonly not: Check | undefined;
}

function compileJunctors(schema: Structural): Check | undefined {
  const lists: JunctorLists = {
    anyOf: schema.anyOf.map(compileCheck),
    oneOf: schema.oneOf.map(compileCheck),
    allOf: schema.allOf.map(compileCheck),
    not: schema.not === undefined ? undefined : compileCheck(schema.not),
  };
  if (lists.anyOf.length + lists.oneOf.length + lists.allOf.length === 0 && lists.not === undefined) return undefined;
  return (value, old, state) => checkAnyOf(lists.anyOf, value, old, state) + checkOneOf(lists.oneOf, value, old, state) + checkAllOf(lists, value, old, state);
}

interface Attempt {
  readonly errors: FieldError[];
  readonly met: number;
}

function attempt(check: Check, value: unknown, old: unknown, state: ValidationState): Attempt {
  const outer = state.errors;
  state.errors = [];
  const met = check(value, old, state);
  const errors = state.errors;
  state.errors = outer;
  return { errors, met };
}

function checkAnyOf(checks: readonly Check[], value: unknown, old: unknown, state: ValidationState): number {
  if (checks.length === 0) return 0;
  let best: Attempt | undefined;
  for (const check of checks) {
    const result = attempt(check, value, old, state);
    if (result.errors.length === 0) return result.met;
    if (best === undefined || result.met > best.met) best = result;
  }
  addGeneralError(state, `"${textPath(state)}" must validate at least one schema (anyOf)`);
  if (best !== undefined) state.errors.push(...best.errors);
  return best?.met ?? 0;
}

function checkOneOf(checks: readonly Check[], value: unknown, old: unknown, state: ValidationState): number {
  if (checks.length === 0) return 0;
  let best: Attempt | undefined;
  let valid = 0;
  let met = 0;
  for (const check of checks) {
    const result = attempt(check, value, old, state);
    if (result.errors.length === 0) {
      if (valid === 0) met = result.met;
      valid++;
      best = undefined;
    } else if (valid === 0 && (best === undefined || result.met > best.met)) {
      best = result;
    }
  }
  if (valid === 1) return met;
  const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
  addGeneralError(state, `"${textPath(state)}" must validate one and only one schema (oneOf). ${found}`);
  if (best !== undefined) state.errors.push(...best.errors);
  return best?.met ?? 0;
}

function checkAllOf(lists: JunctorLists, value: unknown, old: unknown, state: ValidationState): number {
  let met = 0;
  let valid = 0;
  for (const check of lists.allOf) {
    const result = attempt(check, value, old, state);
    if (result.errors.length === 0) valid++;
    state.errors.push(...result.errors);
    met += result.met;
  }
  if (valid < lists.allOf.length) {
    addGeneralError(state, `"${textPath(state)}" must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
  }
  if (lists.not !== undefined && attempt(lists.not, value, old, state).errors.length === 0) {
    addGeneralError(state, `"${textPath(state)}" must not validate the schema (not)`);
  }
  return met;
}

function compileArray(schema: Structural): (value: unknown[], old: unknown[] | undefined, state: ValidationState) => number {
  const item = schema.items === undefined ? undefined : compileCheck(schema.items);
  const { minItems, maxItems } = schema.props;
  const correlate = compileCorrelation(schema);
  return (value, old, state) => {
    let met = 2;
    if (item !== undefined) {
      const { path } = state;
      for (let i = 0; i < value.length; i++) {
        path.push(`[${i}]`);
        met += item(value[i], old === undefined ? undefined : correlate(value[i], old), state);
        path.pop();
      }
    }
    if (minItems !== undefined && value.length < minItems) {
      state.errors.push(fieldInvalid(errorPath(state), value, `${textPath(state)} in body should have at least ${minItems} items`));
    }
    if (maxItems !== undefined && value.length > maxItems) state.errors.push(fieldTooMany(errorPath(state), value.length, maxItems));
    return met;
  };
}

/** Which old item an item continues: only the items of a list of type map can be told apart, by their keys. */
function compileCorrelation(schema: Structural): (item: unknown, old: readonly unknown[]) => unknown {
  const { listMapKeys } = schema;
  if (schema.listType !== 'map' || listMapKeys.length === 0) return () => undefined;
  return (item, old) => {
    const object = asObject(item);
    if (object === undefined) return undefined;
    return old.find((candidate) => {
      const other = asObject(candidate);
      return other !== undefined && listMapKeys.every((key) => equalJson(ownOrUndefined(object, key), ownOrUndefined(other, key)));
    });
  };
}

function ownOrUndefined(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

interface PropertyCheck {
  readonly check: Check;
  readonly segment: string;
}

function compileObject(schema: Structural): (value: Record<string, unknown>, old: Record<string, unknown> | undefined, state: ValidationState) => number {
  const properties = new Map<string, PropertyCheck>();
  for (const [name, property] of schema.properties) properties.set(name, { check: compileCheck(property), segment: `.${name}` });
  const additional = typeof schema.additionalProperties === 'object' ? compileCheck(schema.additionalProperties) : undefined;
  const closed = schema.additionalProperties === false;
  const required = schema.required.filter((name) => schemaOfKey(schema, name)?.default === undefined || !schema.properties.has(name));
  const { minProperties, maxProperties } = schema.props;
  const counted = minProperties !== undefined || maxProperties !== undefined;

  return (value, old, state) => {
    let met = 1;
    if (counted && !checkCount(value, schema, state)) return met;
    const { path } = state;
    const atRoot = path.length === 0;
    for (const name in value) {
      const child = value[name];
      if (child === undefined) continue;
      const property = properties.get(name);
      if (property !== undefined) {
        if (atRoot) state.rootIsMap = false;
        path.push(property.segment);
        met += property.check(child, old === undefined ? undefined : ownOrUndefined(old, name), state);
        path.pop();
      } else if (additional !== undefined) {
        if (atRoot) state.rootIsMap = true;
        path.push(`.${name}`);
        met += additional(child, old === undefined ? undefined : ownOrUndefined(old, name), state);
        path.pop();
      } else if (closed) {
        const at = textPath(state);
        const text = at === '' ? `${name} in body is a forbidden property` : `${at}.${name} in body is a forbidden property`;
        state.errors.push(fieldInvalid(errorPath(state), name, text));
      }
    }
    for (const name of required) {
      if (ownOrUndefined(value, name) === undefined) state.errors.push(fieldRequired(errorPath(state, `.${name}`)));
    }
    return met;
  };
}

/** False when a finding was added: then nothing else of the object is looked at. */
function checkCount(value: Record<string, unknown>, schema: Structural, state: ValidationState): boolean {
  const { minProperties, maxProperties } = schema.props;
  const count = Object.keys(value).length;
  if (minProperties !== undefined && count < minProperties) {
    state.errors.push(fieldInvalid(errorPath(state), value, `${textPath(state)} in body should have at least ${minProperties} properties`));
    return false;
  }
  if (maxProperties !== undefined && count > maxProperties) {
    state.errors.push(fieldTooMany(errorPath(state), count, maxProperties));
    return false;
  }
  return true;
}
