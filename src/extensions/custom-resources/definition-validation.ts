/** Findings about a CustomResourceDefinition, in Kubernetes' order and words. Metadata but its name is the registry's affair. */
import { fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../machinery/field-error.ts';
import { equalJson } from '../../machinery/json.ts';
import { isDns1035Label, isDns1123Subdomain } from '../../machinery/names.ts';
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts';
import type { RuleCompiler } from '../../schema/rule-compiler.ts';
import { validateSchemaDefinition, type ValidateSchemaOptions } from '../../schema/schema-definition.ts';
import { parseStructural, SchemaError } from '../../schema/structural.ts';
import { validateApproval } from './api-approval.ts';
import { validateConversion } from './conversion-validation.ts';
import { isConditionTrue, type CustomResourceDefinition, type DefinitionNames, type DefinitionSpec, type DefinitionVersion, type SelectableField } from './custom-resource-definition.ts';
import { hoistSpec, type HoistedSpec } from './hoisted-spec.ts';
import { internalVersion } from './internal-json.ts';
import { validateColumns, validateDeprecation, validateSelectableFields, validateSubresources } from './version-validation.ts';

export interface ValidateDefinitionOptions {
  readonly ruleCompiler?: RuleCompiler;
}

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');

export function validateDefinition(definition: CustomResourceDefinition, options: ValidateDefinitionOptions = {}): FieldError[] {
  return [
    ...validateName(definition),
    ...validateSpec(definition.spec, options, undefined),
    ...validateStatusAndVersions(definition),
    ...validateApproval(definition, undefined),
    ...validatePreserveUnknownFields(definition, undefined),
  ];
}

export function validateDefinitionUpdate(definition: CustomResourceDefinition, old: CustomResourceDefinition, options: ValidateDefinitionOptions = {}): FieldError[] {
  const { spec } = definition;
  const errors = validateSpec(spec, options, old.spec);
  if (isConditionTrue(old, 'Established')) {
    errors.push(...immutable(spec.scope, old.spec.scope, SPEC.child('scope')), ...immutable(spec.names.kind, old.spec.names.kind, SPEC.child('names', 'kind')));
  }
  errors.push(...immutable(spec.group, old.spec.group, SPEC.child('group')), ...immutable(spec.names.plural, old.spec.names.plural, SPEC.child('names', 'plural')));
  return [
    ...errors,
    ...validateStatusAndVersions(definition),
    ...validateApproval(definition, old),
    ...validatePreserveUnknownFields(definition, old),
  ];
}

/** Of a write to the status endpoint: only the names are looked at. */
export function validateDefinitionStatus(definition: CustomResourceDefinition): FieldError[] {
  const names = definition.status?.acceptedNames;
  return names === undefined ? [] : validateNames(names, STATUS.child('acceptedNames'));
}

function immutable(value: unknown, old: unknown, path: FieldPath): FieldError[] {
  return equalJson(value, old) ? [] : [fieldInvalid(path, value, 'field is immutable')];
}

/** The name is made of what the definition defines. */
function validateName({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  const wanted = `${spec.names.plural}.${spec.group}`;
  const path = FieldPath.root('metadata');
  const errors: FieldError[] = [];
  for (const field of ['generateName', 'name'] as const) {
    const value = metadata[field] ?? '';
    if (value !== '' && value !== wanted) errors.push(fieldInvalid(path.child(field), value, 'must be spec.names.plural+"."+spec.group'));
  }
  return errors;
}

function validateSpec(spec: DefinitionSpec, options: ValidateDefinitionOptions, old: DefinitionSpec | undefined): FieldError[] {
  const hoisted = hoistSpec(spec);
  const { shared } = hoisted;
  return [
    ...validateGroup(spec.group ?? ''),
    ...validateScope(spec.scope ?? ''),
    ...validateSchemaPresence(hoisted),
    ...validateVersions(spec, hoisted, options, old),
    ...validateRequiredNames(spec.names),
    ...validateNames(spec.names, SPEC.child('names')),
    ...validateSchema(shared.schema?.openAPIV3Schema, SPEC.child('validation'), schemaOptions(options, anyStatus(spec), old?.versions?.[0])),
    ...validateSubresources(shared.subresources, SPEC.child('subresources')),
    ...validateColumns(shared.additionalPrinterColumns, SPEC.child('additionalPrinterColumns')),
    ...validateSharedSelectableFields(hoisted),
    ...validateConversion(spec.conversion, SPEC.child('conversion')),
  ];
}

function validateGroup(group: string): FieldError[] {
  const path = SPEC.child('group');
  if (group === '') return [fieldRequired(path)];
  const problems = isDns1123Subdomain(group);
  if (problems.length > 0) return [fieldInvalid(path, group, problems.join(','))];
  return group.includes('.') ? [] : [fieldInvalid(path, group, 'should be a domain with at least one dot')];
}

function validateScope(scope: string): FieldError[] {
  const path = SPEC.child('scope');
  if (scope === '') return [fieldRequired(path)];
  return scope === 'Cluster' || scope === 'Namespaced' ? [] : [fieldNotSupported(path, scope, ['Cluster', 'Namespaced'])];
}

function validateSchemaPresence({ shared, versions }: HoistedSpec): FieldError[] {
  if (shared.schema?.openAPIV3Schema !== undefined) return [];
  return versions.flatMap((version, i) =>
    version.schema?.openAPIV3Schema === undefined ? [fieldRequired(SPEC.child('versions').index(i).child('schema', 'openAPIV3Schema'))] : [],
  );
}

function validateVersions(spec: DefinitionSpec, hoisted: HoistedSpec, options: ValidateDefinitionOptions, old: DefinitionSpec | undefined): FieldError[] {
  const path = SPEC.child('versions');
  const errors: FieldError[] = [];
  const names = new Set<string>();
  let storage = 0;
  hoisted.versions.forEach((version, i) => {
    names.add(version.name);
    if (version.storage) storage++;
    const at = path.index(i);
    const problems = isDns1035Label(version.name ?? '');
    if (problems.length > 0) errors.push(fieldInvalid(at.child('name'), version.name ?? '', problems.join(',')));
    const subresources = version.subresources ?? hoisted.shared.subresources;
    const former = old?.versions?.find((candidate) => candidate.name === version.name);
    errors.push(...validateVersion(version, at, schemaOptions(options, subresources?.status !== undefined, former)));
  });
  const shown = spec.versions === null || spec.versions === undefined ? null : hoisted.versions.map(internalVersion);
  if (names.size < hoisted.versions.length) errors.push(fieldInvalid(path, shown, 'must contain unique version names'));
  if (storage !== 1) errors.push(fieldInvalid(path, shown, 'must have exactly one version marked as storage version'));
  return errors;
}

function validateVersion(version: DefinitionVersion, path: FieldPath, options: ValidateSchemaOptions): FieldError[] {
  const schema = version.schema?.openAPIV3Schema;
  return [
    ...validateDeprecation(version, path.child('deprecationWarning')),
    ...validateSchema(schema, path.child('schema'), options),
    ...validateSubresources(version.subresources, path.child('subresources')),
    ...validateColumns(version.additionalPrinterColumns, path.child('additionalPrinterColumns')),
    ...validateVersionSelectableFields(version.selectableFields, schema, path.child('selectableFields')),
  ];
}

function schemaOptions({ ruleCompiler }: ValidateDefinitionOptions, statusEnabled: boolean, old: DefinitionVersion | undefined): ValidateSchemaOptions {
  const former = old?.schema?.openAPIV3Schema;
  return { statusEnabled, ...(ruleCompiler === undefined ? {} : { ruleCompiler }), ...(former === undefined ? {} : { old: former }) };
}

function anyStatus(spec: DefinitionSpec): boolean {
  return spec.versions?.some((version) => version.subresources?.status !== undefined) === true;
}

function validateSchema(schema: JsonSchemaProps | undefined, path: FieldPath, options: ValidateSchemaOptions): FieldError[] {
  return schema === undefined || schema === null ? [] : validateSchemaDefinition(schema, path.child('openAPIV3Schema'), options);
}

function validateVersionSelectableFields(fields: readonly SelectableField[] | undefined, schema: JsonSchemaProps | undefined, path: FieldPath): FieldError[] {
  if (fields === undefined || fields.length === 0) return [];
  if (schema === undefined) return [fieldInvalid(path, '', 'may only be set when `version.schema.openAPIV3Schema` is not included')];
  return validateAgainstSchema(fields, schema, path);
}

function validateSharedSelectableFields({ shared, versions }: HoistedSpec): FieldError[] {
  const fields = shared.selectableFields;
  if (fields === undefined || fields.length === 0) return [];
  const path = SPEC.child('selectableFields');
  const schema = shared.schema?.openAPIV3Schema;
  if (schema !== undefined) return validateAgainstSchema(fields, schema, path);
  // The versions agree on the fields and not on the schema: each schema has its say.
  return versions.flatMap((version) => (version.schema?.openAPIV3Schema === undefined ? [] : validateAgainstSchema(fields, version.schema.openAPIV3Schema, path)));
}

function validateAgainstSchema(fields: readonly SelectableField[], schema: JsonSchemaProps, path: FieldPath): FieldError[] {
  try {
    return validateSelectableFields(fields, parseStructural(schema), path);
  } catch (error) {
    if (error instanceof SchemaError) return [fieldInvalid(path, '', error.message)];
    throw error;
  }
}

function validateRequiredNames(names: DefinitionNames): FieldError[] {
  const path = SPEC.child('names');
  const errors: FieldError[] = [];
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if ((names[field] ?? '') === '') errors.push(fieldRequired(path.child(field)));
  }
  return errors;
}

function validateNames(names: DefinitionNames, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const label = (value: string, at: FieldPath, mixedCase = false): void => {
    const problems = value === '' ? [] : isDns1035Label(mixedCase ? value.toLowerCase() : value);
    if (problems.length === 0) return;
    errors.push(fieldInvalid(at, value, (mixedCase ? 'may have mixed case, but should otherwise match: ' : '') + problems.join(',')));
  };
  const kind = names.kind;
  const listKind = names.listKind ?? '';
  label(names.plural, path.child('plural'));
  label(names.singular ?? '', path.child('singular'));
  label(kind, path.child('kind'), true);
  label(listKind, path.child('listKind'), true);
  names.shortNames?.forEach((shortName, i) => errors.push(...validateListedName(shortName, path.child('shortNames').index(i))));
  if (kind !== '' && kind === listKind) errors.push(fieldInvalid(path.child('listKind'), listKind, 'kind and listKind may not be the same'));
  names.categories?.forEach((category, i) => errors.push(...validateListedName(category, path.child('categories').index(i))));
  return errors;
}

function validateListedName(name: string, path: FieldPath): FieldError[] {
  const problems = isDns1035Label(name);
  return problems.length === 0 ? [] : [fieldInvalid(path, name, problems.join(','))];
}

function validateStatusAndVersions(definition: CustomResourceDefinition): FieldError[] {
  return [...validateDefinitionStatus(definition), ...validateStoredVersions(definition)];
}

/** Every version that objects may still be stored in must stay declared. */
function validateStoredVersions({ spec, status }: CustomResourceDefinition): FieldError[] {
  const path = STATUS.child('storedVersions');
  const stored = status?.storedVersions ?? null;
  if (stored === null || stored.length === 0) return [fieldInvalid(path, stored, 'must have at least one stored version')];
  const errors: FieldError[] = [];
  const versions = spec.versions ?? [];
  for (const version of versions) {
    if (version.storage && !stored.includes(version.name)) errors.push(fieldInvalid(path, stored, `must have the storage version ${version.name}`));
  }
  stored.forEach((name, i) => {
    if (versions.some((version) => version.name === name)) return;
    const detail = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(fieldInvalid(path.index(i), name, detail));
  });
  return errors;
}

function validatePreserveUnknownFields(definition: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  if (definition.spec.preserveUnknownFields !== true || old?.spec.preserveUnknownFields === true) return [];
  const detail = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [fieldInvalid(SPEC.child('preserveUnknownFields'), true, detail)];
}

