/** The judgement on the schema of a CustomResourceDefinition's version. */
import { fieldForbidden, fieldInvalid, type FieldError, type FieldPath } from '../machinery/field-error.ts';
import { internalSchema } from './internal-schema.ts';
import type { JsonSchemaProps } from './json-schema-props.ts';
import { refuseRules, type RuleCompiler } from './rule-compiler.ts';
import { validateDefaults } from './schema-defaults.ts';
import { validateKeywords } from './schema-keywords.ts';
import { validateStructural } from './structural-invariants.ts';
import { isRecognizedFormat } from './formats.ts';
import { parseStructural, SchemaError, type Structural } from './structural.ts';

export interface ValidateSchemaOptions {
  /** The definition has the status subresource, which narrows what may stand at the root. */
  readonly statusEnabled: boolean;
  readonly ruleCompiler?: RuleCompiler;
  /** The schema that is being replaced: rules that were accepted stay accepted. */
  readonly old?: JsonSchemaProps;
}

/** `path` is that of the `openAPIV3Schema` field. */
export function validateSchemaDefinition(schema: JsonSchemaProps, path: FieldPath, options: ValidateSchemaOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (options.statusEnabled) errors.push(...validateRootForStatus(schema, path));
  if (schema.nullable === true) errors.push(fieldForbidden(path.child('nullable'), 'nullable cannot be true at the root'));

  const structural = tryParse(schema);
  let sound: Structural | undefined;
  if (!(structural instanceof SchemaError)) {
    const findings = validateStructural(structural, path);
    if (findings.length === 0) findings.push(...validateDefaults(structural, path, options.ruleCompiler));
    if (findings.length === 0) sound = structural;
    errors.push(...findings);
  }
  errors.push(...validateKeywords(schema, path));
  // What cannot be parsed shows as keywords already, nearly always; only where it does not, the parser has its say.
  if (errors.length === 0 && structural instanceof SchemaError) errors.push(fieldInvalid(path, '', structural.message));
  if (sound?.has.rules === true) errors.push(...validateRules(sound, path, options));
  return errors;
}

function tryParse(schema: JsonSchemaProps): Structural | SchemaError {
  try {
    return parseStructural(schema);
  } catch (error) {
    if (error instanceof SchemaError) return error;
    throw error;
  }
}

function validateRules(schema: Structural, path: FieldPath, { ruleCompiler, old }: ValidateSchemaOptions): FieldError[] {
  if (ruleCompiler === undefined) return refuseRules(schema, path);
  const former = old === undefined ? undefined : tryParse(old);
  return ruleCompiler.validateRules(schema, path, former instanceof SchemaError ? undefined : former);
}

/** With the status subresource, the schema of status is cut out of the root's properties: little else may stand there. */
const ROOT_KEYWORDS: ReadonlySet<string> = new Set([
  'description', 'type', 'format', 'title', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength', 'pattern',
  'maxItems', 'minItems', 'uniqueItems', 'multipleOf', 'required', 'items', 'properties', 'externalDocs', 'example', 'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
]);

function validateRootForStatus(schema: JsonSchemaProps, path: FieldPath): FieldError[] {
  if (schema.type !== undefined && schema.type !== '' && schema.type !== 'object') {
    const detail = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    return [fieldInvalid(path.child('type'), schema.type, detail)];
  }
  const other = Object.entries(schema).some(([keyword, value]) => !ROOT_KEYWORDS.has(keyword) && value !== undefined && value !== false);
  if (!other) return [];
  const shown = '[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]';
  return [fieldInvalid(path, internalSchema(schema), `only ${shown} fields are allowed at the root of the schema if the status subresource is enabled`)];
}

/** Formats that no check knows, each once, in order: what a definition's author is warned about. */
export function unrecognizedFormats(schema: JsonSchemaProps): string[] {
  const structural = tryParse(schema);
  const found = new Set<string>();
  if (!(structural instanceof SchemaError)) collectFormats(structural, found);
  return [...found].sort();
}

function collectFormats(schema: Structural, found: Set<string>): void {
  const { format } = schema.props;
  if (format !== undefined && format !== '' && !isRecognizedFormat(format)) found.add(format);
  const below = [...schema.properties.values(), ...schema.allOf, ...schema.anyOf, ...schema.oneOf];
  for (const child of [...below, schema.items, schema.not, schema.additionalProperties]) {
    if (typeof child === 'object') collectFormats(child, found);
  }
}
