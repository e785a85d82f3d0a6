/** A definition's defaults are themselves values: they must be pruned already, and pass the schema they stand in. */
import { fieldInvalid, formatFieldError, type FieldError, type FieldPath } from '../machinery/field-error.ts';
import { cloneJson, equalJson, type JsonValue } from '../machinery/json.ts';
import { CompiledSchema } from './compiled-schema.ts';
import { validateEmbedded } from './embedded-resources.ts';
import { isMetaField, prune } from './pruning.ts';
import type { RuleCompiler } from './rule-compiler.ts';
import { asResourceRoot, type Structural } from './structural.ts';

/** Only schemas with defaults are compiled here. With a compiler, rules are run against defaults too. */
export function validateDefaults(schema: Structural, path: FieldPath, ruleCompiler?: RuleCompiler): FieldError[] {
  const errors: FieldError[] = [];
  visit(asResourceRoot(schema), path, { wrap: undefined, ruleCompiler }, errors);
  return errors;
}

interface Place {
  /** Set below metadata, apiVersion and kind. */
  readonly wrap: Wrap | undefined;
  readonly ruleCompiler: RuleCompiler | undefined;
}

/** Wraps a default that stands inside metadata into the object it would be part of. */
type Wrap = (value: JsonValue) => JsonValue;

function visit(schema: Structural, path: FieldPath, { wrap, ruleCompiler }: Place, errors: FieldError[]): void {
  if (!schema.has.defaults) return;
  const inner = schema.embeddedResource ? undefined : wrap;
  if (schema.default !== undefined) {
    const findings = validateDefault(schema, schema.default, path.child('default'), inner);
    errors.push(...(findings.length > 0 ? findings : runRules(schema, schema.default, path.child('default'), ruleCompiler)));
  }
  if (schema.items !== undefined) visit(schema.items, path.child('items'), { wrap: inner && ((value) => inner([value])), ruleCompiler }, errors);
  for (const [name, property] of schema.properties) {
    visit(property, path.child('properties').key(name), { wrap: wrapProperty(schema, name, inner), ruleCompiler }, errors);
  }
}

function runRules(schema: Structural, value: JsonValue, path: FieldPath, ruleCompiler: RuleCompiler | undefined): FieldError[] {
  if (ruleCompiler === undefined || !schema.has.rules) return [];
  return ruleCompiler.compileRules(schema).validate(value, undefined, { path: path.text });
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
