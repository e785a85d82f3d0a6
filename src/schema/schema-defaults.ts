/** A definition's defaults are themselves values: they must be pruned already, and pass the schema they stand in. */
import { fieldInvalid, formatFieldError, type FieldError, type FieldPath } from '../machinery/field-error.ts';
import { cloneJson, equalJson, type JsonValue } from '../machinery/json.ts';
import { CompiledSchema } from './compiled-schema.ts';
import { validateEmbedded } from './embedded-resources.ts';
import { isMetaField, prune } from './pruning.ts';
import { asResourceRoot, type Structural } from './structural.ts';

/** Only schemas with defaults are compiled here. Rules are not run against defaults. */
export function validateDefaults(schema: Structural, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  visit(asResourceRoot(schema), path, undefined, errors);
  return errors;
}

/** Wraps a default that stands inside metadata into the object it would be part of. */
type Wrap = (value: JsonValue) => JsonValue;

function visit(schema: Structural, path: FieldPath, wrap: Wrap | undefined, errors: FieldError[]): void {
  if (!schema.has.defaults) return;
  const inner = schema.embeddedResource ? undefined : wrap;
  if (schema.default !== undefined) errors.push(...validateDefault(schema, schema.default, path.child('default'), inner));
  if (schema.items !== undefined) visit(schema.items, path.child('items'), inner && ((value) => inner([value])), errors);
  for (const [name, property] of schema.properties) {
    visit(property, path.child('properties').key(name), wrapProperty(schema, name, inner), errors);
  }
}

function wrapProperty(schema: Structural, name: string, outer: Wrap | undefined): Wrap | undefined {
  const wrap: Wrap = (value) => Object.fromEntries([[name, value]]);
  if (schema.embeddedResource && isMetaField(name)) return (value) => ({ apiVersion: 'validation/v1', kind: 'Validation', ...(wrap(value) as object) });
  return outer && ((value) => outer(wrap(value)));
}

function validateDefault(schema: Structural, value: JsonValue, path: FieldPath, wrap: Wrap | undefined): FieldError[] {
  const compiled = new CompiledSchema(schema);
  if (wrap !== undefined) {
    const findings = validateEmbedded(wrap(cloneJson(value)), schema, undefined, true);
    if (findings.length > 0) return [fieldInvalid(path, value, `must result in valid metadata: ${findings.map(formatFieldError).join(', ')}`)];
    return compiled.check(value, undefined, path);
  }
  const errors: FieldError[] = [];
  const pruned = cloneJson(value);
  prune(pruned, schema, { root: schema.embeddedResource, track: false });
  if (!equalJson(pruned, value)) errors.push(fieldInvalid(path, value, 'must not have unknown fields'));
  const embedded = validateEmbedded(value, schema, path);
  errors.push(...(embedded.length > 0 ? embedded : compiled.check(value, undefined, path)));
  return errors;
}
