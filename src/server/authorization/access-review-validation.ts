import { fieldInvalid, fieldRequired, FieldPath, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';

export interface SelectorRequirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

export interface SelectorAttributes {
  readonly rawSelector?: string;
  readonly requirements?: readonly SelectorRequirement[];
}

/** authorization.k8s.io/v1 ResourceAttributes. */
export interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly fieldSelector?: SelectorAttributes;
  readonly labelSelector?: SelectorAttributes;
}

export interface NonResourceAttributes {
  readonly path?: string;
  readonly verb?: string;
}

export interface AccessReviewSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Findings about what every access review asks. */
export function validateQuestion({ resourceAttributes, nonResourceAttributes }: AccessReviewSpec): FieldError[] {
  const spec = FieldPath.root('spec');
  const shown = nonResourceAttributes && { Path: nonResourceAttributes.path ?? '', Verb: nonResourceAttributes.verb ?? '' };
  const errors: FieldError[] = [];
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    errors.push(fieldInvalid(spec.child('nonResourceAttributes'), shown, 'cannot be specified in combination with resourceAttributes'));
  }
  if (resourceAttributes === undefined && nonResourceAttributes === undefined) {
    errors.push(fieldInvalid(spec.child('resourceAttributes'), null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified'));
  }
  const path = spec.child('resourceAttributes');
  errors.push(...validateSelector(resourceAttributes?.fieldSelector, path.child('fieldSelector')), ...validateSelector(resourceAttributes?.labelSelector, path.child('labelSelector')));
  return errors;
}

function validateSelector(selector: SelectorAttributes | undefined, path: FieldPath): FieldError[] {
  if (selector === undefined) return [];
  const { rawSelector = '', requirements = [] } = selector;
  const errors: FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) errors.push(fieldInvalid(path.child('rawSelector'), rawSelector, 'may not specified at the same time as requirements'));
  if (rawSelector === '' && requirements.length === 0) errors.push(fieldRequired(path.child('requirements'), `when ${path.text} is specified, requirements or rawSelector is required`));
  requirements.forEach((requirement, i) => errors.push(...validateRequirement(requirement, path.child('requirements').index(i))));
  return errors;
}

function validateRequirement({ key = '', operator = '', values = [] }: SelectorRequirement, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (key === '') errors.push(fieldRequired(path.child('key'), 'must be specified'));
  if (operator === '') errors.push(fieldRequired(path.child('operator'), 'must be specified'));
  else if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(fieldRequired(path.child('values'), 'must be specified when `operator` is \'In\' or \'NotIn\''));
  } else if (OPERATORS.includes(operator) && values.length > 0) {
    errors.push({ type: 'FieldValueForbidden', field: path.child('values').text, message: 'Forbidden: may not be specified when `operator` is \'Exists\' or \'DoesNotExist\'' });
  }
  return errors;
}

/** Findings about the subject of reviews that name one. */
export function validateSubject({ user, groups }: AccessReviewSpec): FieldError[] {
  return !user && !groups?.length ? [fieldInvalid('spec.user', user ?? '', 'at least one of user or group must be specified')] : [];
}

/** Reviews are answered and not kept: their metadata says nothing, but the namespace of those that have one. */
export function validateReviewMetadata({ metadata }: KubeObject, namespaced: boolean): FieldError[] {
  const { managedFields: _ignored, ...rest } = metadata;
  if (namespaced) delete rest.namespace;
  if (Object.values(rest).every((value) => value === undefined || value === '')) return [];
  return [fieldInvalid('metadata', rest, namespaced ? 'must be empty except for namespace' : 'must be empty')];
}

export function validateLocalQuestion(spec: AccessReviewSpec, namespace: string): FieldError[] {
  const errors: FieldError[] = [];
  const asked = spec.resourceAttributes?.namespace ?? '';
  if (spec.resourceAttributes !== undefined && asked !== namespace) errors.push(fieldInvalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
  if (spec.nonResourceAttributes !== undefined) {
    const { path = '', verb = '' } = spec.nonResourceAttributes;
    errors.push(fieldInvalid('spec.nonResourceAttributes', { Path: path, Verb: verb }, 'disallowed on this kind of request'));
  }
  return errors;
}
