import { fail } from './evaluation-error.ts';
import type { ObjectDeclaration } from './values.ts';
import { toJson } from './to-json.ts';
import { DYN, STRING, listOf, objectType } from './types.ts';
import type { CelType } from './types.ts';
import type { ValueSchema } from './values.ts';
import { CelList, CelObject } from './values.ts';
import type { CelValue } from './values.ts';

/** Fields that hold what an expression put there. */
const HELD = (type: CelType): ValueSchema => ({ type, identity: true, read: (value) => value as CelValue });
const HELD_DYN = HELD(DYN);
const HELD_TEXT = HELD(STRING);

/**
 * `Object` and `Object.<field>…`: the types that apply configurations are written with. Any field may be set to
 * anything; the object that results is checked when it is applied.
 */
export function resolveObjectType(name: string): CelType | undefined {
  if (name !== 'Object' && !name.startsWith('Object.')) return undefined;
  const object: ObjectDeclaration = {
    name,
    holdsValues: true,
    field: (field) => ({ key: field, type: DYN, schema: HELD_DYN }),
    fieldByKey: (key) => ({ key, type: DYN, schema: HELD_DYN }),
  };
  return objectType(object);
}

const PATCH_FIELDS: ReadonlyMap<string, ValueSchema> = new Map([
  ['op', HELD_TEXT],
  ['path', HELD_TEXT],
  ['from', HELD_TEXT],
  ['value', HELD_DYN],
]);

function patchField(name: string): ReturnType<ObjectDeclaration['field']> {
  const schema = PATCH_FIELDS.get(name);
  return schema === undefined ? undefined : { key: name, type: schema.type, schema };
}

/** `JSONPatch{op: …, path: …}` */
export const JSON_PATCH_TYPE: CelType = objectType({ name: 'JSONPatch', holdsValues: true, field: patchField, fieldByKey: patchField });
export const JSON_PATCHES_TYPE: CelType = listOf(JSON_PATCH_TYPE);
export const APPLY_CONFIGURATION_TYPE: CelType = resolveObjectType('Object') as CelType;

export interface JsonPatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  /** Present where the expression set it, null included. */
  readonly value?: unknown;
}

/** The operations that a `jsonPatch` expression answered with. @throws EvaluationError for what is no JSON. */
export function readJsonPatch(value: CelValue): readonly JsonPatchOperation[] {
  if (!(value instanceof CelList)) return fail('must evaluate to a list of JSONPatch');
  return Array.from({ length: value.size }, (_, i) => {
    const item = value.get(i);
    if (!(item instanceof CelObject) || item.declaration.name !== 'JSONPatch') return fail('must evaluate to a list of JSONPatch');
    const text = (field: string): string | undefined => {
      const given = item.get(field);
      return typeof given === 'string' ? given : undefined;
    };
    const from = text('from');
    const given = item.get('value');
    return { op: text('op') ?? '', path: text('path') ?? '', ...(from === undefined ? {} : { from }), ...(given === undefined ? {} : { value: toJson(given) }) };
  });
}

/**
 * The object that an `applyConfiguration` expression answered with, as JSON. @throws EvaluationError where a type's name
 * is not the path it stands at.
 */
export function readApplyConfiguration(value: CelValue): unknown {
  if (!(value instanceof CelObject)) return fail('must evaluate to Object');
  checkPaths(value, 'Object');
  return toJson(value);
}

function checkPaths(value: unknown, path: string): void {
  if (value instanceof CelObject) {
    const { name } = value.declaration;
    if (name !== path && name.startsWith('Object')) {
      return fail(`unexpected type name ${JSON.stringify(name)}, expected ${JSON.stringify(path)}, which matches field name path from root Object type`);
    }
    for (const key of Object.keys(value.json)) checkPaths(value.json[key], `${path}.${key}`);
  } else if (value instanceof CelList && value.schema === undefined) {
    for (const item of value.items) checkPaths(item, path);
  }
  return undefined;
}
