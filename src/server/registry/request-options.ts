import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, fieldTooLong, FieldPath, type FieldError } from '../../machinery/field-error.ts';
import { badRequest, invalid } from '../../machinery/status-error.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** The options that the query of a write carries (CreateOptions, UpdateOptions, PatchOptions). */
export interface WriteOptions {
  readonly kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';
  readonly dryRun: boolean;
  /** '' when not given. */
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  /** As the query says it; absent when it does not. */
  readonly statedFieldValidation?: FieldValidation;
  readonly force: boolean | undefined;
}

export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds: number | undefined;
  readonly propagationPolicy: 'Orphan' | 'Background' | 'Foreground' | undefined;
  readonly orphanDependents: boolean | undefined;
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string } | undefined;
}

export interface ListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly limit: number;
  readonly continueToken: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly watch: boolean;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

const META_GROUP = 'meta.k8s.io';
const MAX_FIELD_MANAGER = 128;

function optionsInvalid(kind: string, errors: readonly FieldError[]): never {
  throw invalid({ group: META_GROUP, kind }, '', errors);
}

/** Go's conversion of query values: empty, 'false' and '0' are false, anything else is true. */
function queryBool(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  return value !== 'false' && value !== '0';
}

function queryInt(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}

function validateDryRun(values: readonly string[], errors: FieldError[]): boolean {
  if (values.some((v) => v !== 'All')) errors.push(fieldNotSupported('dryRun', values, ['All']));
  return values.length > 0;
}

function validateFieldManager(manager: string, errors: FieldError[]): void {
  if (Buffer.byteLength(manager) > MAX_FIELD_MANAGER) errors.push(fieldTooLong('fieldManager', MAX_FIELD_MANAGER));
  let i = 0;
  for (const c of manager) {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(c)) {
      errors.push(fieldInvalid('fieldManager', manager, `invalid character U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} (at position ${i})`));
      break;
    }
    i++;
  }
}

/** Throws Invalid with the option kind's name, as for any other object. */
export function parseWriteOptions(kind: WriteOptions['kind'], query: URLSearchParams, apply: boolean): WriteOptions {
  const errors: FieldError[] = [];
  const fieldManager = query.get('fieldManager') ?? '';
  const force = queryBool(query, 'force');
  if (kind === 'PatchOptions') {
    if (apply && fieldManager === '') errors.push(fieldRequired('fieldManager', 'is required for apply patch'));
    if (!apply && force !== undefined) errors.push(fieldForbidden('force', 'may not be specified for non-apply patch'));
  }
  validateFieldManager(fieldManager, errors);
  const dryRun = validateDryRun(query.getAll('dryRun'), errors);
  const fieldValidation = query.get('fieldValidation') ?? '';
  if (fieldValidation !== '' && fieldValidation !== 'Ignore' && fieldValidation !== 'Warn' && fieldValidation !== 'Strict') {
    errors.push(fieldNotSupported('fieldValidation', fieldValidation, ['Ignore', 'Warn', 'Strict']));
  }
  if (errors.length > 0) optionsInvalid(kind, errors);
  const stated = fieldValidation === '' ? undefined : (fieldValidation as FieldValidation);
  return { kind, dryRun, fieldManager, fieldValidation: stated ?? 'Warn', ...(stated && { statedFieldValidation: stated }), force };
}

/** The options as an object, as admission is told of them: what the query did not say is absent. */
export function writeOptionsJson({ kind, dryRun, fieldManager, statedFieldValidation, force }: WriteOptions): Record<string, unknown> {
  return {
    kind,
    apiVersion: 'meta.k8s.io/v1',
    ...(dryRun && { dryRun: ['All'] }),
    ...(force !== undefined && { force }),
    ...(fieldManager !== '' && { fieldManager }),
    ...(statedFieldValidation !== undefined && { fieldValidation: statedFieldValidation }),
  };
}

/** From the body's DeleteOptions when there is one, from the query otherwise; the query's dryRun counts with both. */
export function parseDeleteOptions(body: Readonly<Record<string, unknown>> | undefined, query: URLSearchParams): DeleteOptions {
  const errors: FieldError[] = [];
  const source = body ?? queryDeleteOptions(query);
  const dryRunValues = Array.isArray(source['dryRun']) ? (source['dryRun'] as string[]) : [];
  const policy = source['propagationPolicy'];
  const orphan = source['orphanDependents'];
  const dryRun = validateDryRun(dryRunValues, errors);
  if (policy !== undefined && orphan !== undefined) {
    errors.push(fieldInvalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'));
  }
  if (policy !== undefined && policy !== 'Foreground' && policy !== 'Background' && policy !== 'Orphan') {
    errors.push(fieldNotSupported('propagationPolicy', policy, ['Background', 'Foreground', 'Orphan']));
  }
  if (errors.length > 0) optionsInvalid('DeleteOptions', errors);
  const grace = source['gracePeriodSeconds'];
  return {
    dryRun,
    gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
    propagationPolicy: policy as DeleteOptions['propagationPolicy'],
    orphanDependents: typeof orphan === 'boolean' ? orphan : undefined,
    preconditions: source['preconditions'] as DeleteOptions['preconditions'],
  };
}

function queryDeleteOptions(query: URLSearchParams): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  const grace = queryInt(query, 'gracePeriodSeconds');
  if (grace !== undefined) options['gracePeriodSeconds'] = grace;
  const policy = query.get('propagationPolicy');
  if (policy !== null) options['propagationPolicy'] = policy;
  const orphan = queryBool(query, 'orphanDependents');
  if (orphan !== undefined) options['orphanDependents'] = orphan;
  if (query.has('dryRun')) options['dryRun'] = query.getAll('dryRun');
  return options;
}

export function parseListOptions(query: URLSearchParams): ListOptions {
  const limit = queryInt(query, 'limit') ?? 0;
  return {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: Math.max(0, limit),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    watch: queryBool(query, 'watch') ?? false,
    allowWatchBookmarks: queryBool(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: queryBool(query, 'sendInitialEvents'),
    timeoutSeconds: queryInt(query, 'timeoutSeconds'),
  };
}

/** Kubernetes' rules for combining resourceVersion, resourceVersionMatch, continue and sendInitialEvents. */
export function validateListOptions(options: ListOptions, watching: boolean): void {
  const errors: FieldError[] = [];
  const path = FieldPath.root('resourceVersionMatch');
  const match = options.resourceVersionMatch;
  if (watching) validateWatchOptions(options, errors, path);
  else {
    if (options.sendInitialEvents !== undefined) errors.push(fieldForbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
    if (match !== '') {
      if (options.resourceVersion === '') errors.push(fieldForbidden(path, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
      if (options.continueToken !== '') errors.push(fieldForbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
      if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(fieldNotSupported(path, match, ['Exact', 'NotOlderThan', '']));
      if (match === 'Exact' && options.resourceVersion === '0') {
        errors.push(fieldForbidden(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
      }
    }
  }
  if (errors.length > 0) optionsInvalid('ListOptions', errors);
}

function validateWatchOptions(options: ListOptions, errors: FieldError[], path: FieldPath): void {
  const match = options.resourceVersionMatch;
  if (options.continueToken !== '') errors.push(fieldForbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
  if (errors.length > 0) return;
  if (options.sendInitialEvents !== undefined) {
    if (match !== 'NotOlderThan') errors.push(fieldForbidden(path, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
    if (match !== '' && match !== 'NotOlderThan') errors.push(fieldNotSupported(path, match, ['NotOlderThan']));
  } else if (match !== '') {
    errors.push(fieldForbidden(path, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  }
}
