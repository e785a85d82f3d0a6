/** Findings about what a version (or all versions together) declares beside its schema. */
import { fieldDuplicate, fieldInvalid, fieldRequired, fieldTooMany, type FieldError, type FieldPath } from '../../machinery/field-error.ts';
import { isPrintable } from '../../machinery/go-format.ts';
import type { Structural } from '../../schema/structural.ts';
import type { DefinitionColumn, DefinitionSubresources, DefinitionVersion, SelectableField } from './custom-resource-definition.ts';
import { resolveFieldPath, simplePathProblem } from './simple-path.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const MAX_SELECTABLE_FIELDS = 8;
const MAX_DEPRECATION_WARNING = 256;

export function validateDeprecation(version: DefinitionVersion, path: FieldPath): FieldError[] {
  const warning = version.deprecationWarning;
  if (warning === undefined) return [];
  const texts: string[] = [];
  if (version.deprecated !== true) texts.push('can only be set for deprecated versions');
  if (Buffer.byteLength(warning) > MAX_DEPRECATION_WARNING) texts.push(`must be <= ${MAX_DEPRECATION_WARNING} characters long`);
  if (warning === '') texts.push('must not be empty');
  const odd = firstUnprintable(warning);
  if (odd !== undefined) texts.push(`must only contain printable UTF-8 characters; non-printable character found at index ${odd}`);
  return texts.map((text) => fieldInvalid(path, warning, text));
}

/** The index in bytes. */
function firstUnprintable(text: string): number | undefined {
  let index = 0;
  for (const char of text) {
    if (!isPrintable(char.codePointAt(0) ?? 0)) return index;
    index += Buffer.byteLength(char);
  }
  return undefined;
}

export function validateSubresources(subresources: DefinitionSubresources | undefined, path: FieldPath): FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  return [
    ...validateReplicasPath(scale.specReplicasPath ?? '', '.spec', path.child('scale.specReplicasPath')),
    ...validateReplicasPath(scale.statusReplicasPath ?? '', '.status', path.child('scale.statusReplicasPath')),
    ...validateSelectorPath(scale.labelSelectorPath ?? '', path.child('scale.labelSelectorPath')),
  ];
}

function validateReplicasPath(text: string, below: string, path: FieldPath): FieldError[] {
  if (text === '') return [fieldRequired(path)];
  const problem = simplePathProblem(text);
  if (problem !== undefined) return [fieldInvalid(path, text, problem)];
  return text.startsWith(`${below}.`) ? [] : [fieldInvalid(path, text, `should be a json path under ${below}`)];
}

function validateSelectorPath(text: string, path: FieldPath): FieldError[] {
  if (text === '') return [];
  const problem = simplePathProblem(text);
  if (problem !== undefined) return [fieldInvalid(path, text, problem)];
  return text.startsWith('.spec.') || text.startsWith('.status.') ? [] : [fieldInvalid(path, text, 'should be a json path under either .spec or .status')];
}

export function validateColumns(columns: readonly DefinitionColumn[] | undefined, path: FieldPath): FieldError[] {
  return (columns ?? []).flatMap((column, i) => validateColumn(column, path.index(i)));
}

function validateColumn(column: DefinitionColumn, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const type = column.type ?? '';
  const format = column.format ?? '';
  const jsonPath = column.jsonPath ?? '';
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  if ((column.name ?? '') === '') errors.push(fieldRequired(path.child('name')));
  if (type === '') errors.push(fieldRequired(path.child('type'), types));
  else if (!COLUMN_TYPES.includes(type)) errors.push(fieldInvalid(path.child('type'), type, types));
  if (format !== '' && !COLUMN_FORMATS.includes(format)) errors.push(fieldInvalid(path.child('format'), format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  const problem = simplePathProblem(jsonPath);
  if (jsonPath === '') errors.push(fieldRequired(path.child('JSONPath')));
  else if (problem !== undefined) errors.push(fieldInvalid(path.child('JSONPath'), jsonPath, problem));
  return errors;
}

export function validateSelectableFields(fields: readonly SelectableField[], schema: Structural, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  fields.forEach(({ jsonPath }, i) => {
    const at = path.index(i).child('jsonPath');
    if (jsonPath === '') {
      errors.push(fieldRequired(at));
      return;
    }
    const found = resolveFieldPath(jsonPath, schema);
    if ('problem' in found) {
      errors.push(fieldInvalid(at, jsonPath, `is an invalid path: ${found.problem}`));
      return;
    }
    if (found.names[0] === 'metadata') errors.push(fieldInvalid(at, jsonPath, 'must not point to fields in metadata'));
    if (!['string', 'boolean', 'integer'].includes(found.schema.type)) {
      const detail = 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(fieldInvalid(at, jsonPath, detail));
    }
    const key = found.names.join('.');
    if (seen.has(key)) errors.push(fieldDuplicate(at, jsonPath));
    seen.add(key);
  });
  if (seen.size > MAX_SELECTABLE_FIELDS) errors.push(fieldTooMany(path, seen.size, MAX_SELECTABLE_FIELDS));
  return errors;
}
