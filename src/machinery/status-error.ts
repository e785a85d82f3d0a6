import { formatFieldError, shownField, type FieldError } from './field-error.ts';
import { formatGroupKind, formatGroupResource, type GroupKind, type GroupResource } from './group-version.ts';

/** meta/v1 StatusReason values that the API machinery itself gives. */
export type StatusReason =
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'Gone'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'ServerTimeout'
  | 'ServiceUnavailable'
  | 'StoreReadError'
  | 'Timeout'
  | 'TooManyRequests'
  | 'Unauthorized'
  | 'UnsupportedMediaType'
  | 'Unknown';

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** meta/v1 Status: the body of every failed answer. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { continue?: string; resourceVersion?: string; remainingItemCount?: number };
  status: 'Failure' | 'Success';
  message?: string;
  reason?: StatusReason;
  details?: StatusDetails;
  code?: number;
}

/** A failure that has an answer. Whatever else is thrown becomes an InternalError in the pipeline's last stage. */
export class StatusError extends Error {
  readonly status: Status;
  constructor(status: Status, options?: ErrorOptions) {
    super(status.message ?? status.reason ?? 'failure', options);
    this.name = 'StatusError';
    this.status = status;
  }
  get code(): number {
    return this.status.code ?? 500;
  }
  get reason(): StatusReason | undefined {
    return this.status.reason;
  }
}

export interface FailureOptions {
  code: number;
  /** Absent where Kubernetes sends no reason. */
  reason?: StatusReason;
  message: string;
  details?: StatusDetails;
  cause?: unknown;
}

export function failure(options: FailureOptions): StatusError {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: options.message };
  if (options.reason !== undefined) status.reason = options.reason;
  if (options.details !== undefined) status.details = options.details;
  status.code = options.code;
  return new StatusError(status, options.cause === undefined ? undefined : { cause: options.cause });
}

/** `kind` in the details of a Status is the resource's plural where the machinery knows only the resource. */
function resourceDetails(gr: GroupResource, name: string): StatusDetails {
  const details: StatusDetails = {};
  if (name !== '') details.name = name;
  if (gr.group !== '') details.group = gr.group;
  if (gr.resource !== '') details.kind = gr.resource;
  return details;
}

export function notFound(gr: GroupResource, name: string): StatusError {
  return failure({ code: 404, reason: 'NotFound', message: `${formatGroupResource(gr)} ${quote(name)} not found`, details: resourceDetails(gr, name) });
}

/** The answer for a path that no resource or handler serves. */
export function noSuchPath(): StatusError {
  return failure({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} });
}

export function alreadyExists(gr: GroupResource, name: string): StatusError {
  return failure({ code: 409, reason: 'AlreadyExists', message: `${formatGroupResource(gr)} ${quote(name)} already exists`, details: resourceDetails(gr, name) });
}

export const OBJECT_MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(gr: GroupResource, name: string, detail: string = OBJECT_MODIFIED): StatusError {
  return failure({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${formatGroupResource(gr)} ${quote(name)}: ${detail}`,
    details: resourceDetails(gr, name),
  });
}

/** Admission's and authorization's refusal; without a name the message speaks of the resource as a whole. */
export function forbidden(gr: GroupResource, name: string, detail: string): StatusError {
  const subject = name === '' ? formatGroupResource(gr) : `${formatGroupResource(gr)} ${quote(name)}`;
  return failure({
    code: 403,
    reason: 'Forbidden',
    message: gr.resource === '' ? `forbidden: ${detail}` : `${subject} is forbidden: ${detail}`,
    details: resourceDetails(gr, name),
  });
}

export function unauthorized(message = 'Unauthorized'): StatusError {
  return failure({ code: 401, reason: 'Unauthorized', message });
}

export function badRequest(message: string): StatusError {
  return failure({ code: 400, reason: 'BadRequest', message });
}

/** Validation's answer: every finding, once, in the order found. */
export function invalid(gk: GroupKind, name: string, errors: readonly FieldError[]): StatusError {
  const details: StatusDetails = {};
  if (name !== '') details.name = name;
  if (gk.group !== '') details.group = gk.group;
  if (gk.kind !== '') details.kind = gk.kind;
  details.causes = errors.map((e) => ({ reason: e.type, message: e.message, field: shownField(e) }));
  return failure({
    code: 422,
    reason: 'Invalid',
    message: `${formatGroupKind(gk)} ${quote(name)} is invalid: ${formatFieldErrors(errors)}`,
    details,
  });
}

/** One finding as it is; several in brackets, repeated texts once. */
export function formatFieldErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

export function methodNotAllowed(): StatusError {
  return failure({ code: 405, reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource', details: {} });
}

export function notAcceptable(message: string): StatusError {
  return failure({ code: 406, reason: 'NotAcceptable', message });
}

export function unsupportedMediaType(message: string): StatusError {
  return failure({ code: 415, reason: 'UnsupportedMediaType', message });
}

export function requestEntityTooLarge(message: string): StatusError {
  return failure({ code: 413, reason: 'RequestEntityTooLarge', message });
}

/** The revision asked for was compacted; the client must list anew. */
export function expired(message: string): StatusError {
  return failure({ code: 410, reason: 'Expired', message });
}

export function timeout(message: string, retryAfterSeconds?: number, causes?: StatusCause[]): StatusError {
  const details: StatusDetails = {};
  if (causes !== undefined) details.causes = causes;
  if (retryAfterSeconds !== undefined) details.retryAfterSeconds = retryAfterSeconds;
  return failure({ code: 504, reason: 'Timeout', message: `Timeout: ${message}`, details });
}

export function tooManyRequests(message: string, retryAfterSeconds?: number): StatusError {
  const details: StatusDetails = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return failure({ code: 429, reason: 'TooManyRequests', message, details });
}

export function serviceUnavailable(message: string): StatusError {
  return failure({ code: 503, reason: 'ServiceUnavailable', message });
}

export function internalError(message: string, cause?: unknown): StatusError {
  return failure({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
    cause,
  });
}

/** Sees through `cause`, so that a wrapped refusal is still known by its reason. */
export function findStatusError(error: unknown): StatusError | undefined {
  for (let e: unknown = error, depth = 0; e instanceof Error && depth < 8; e = e.cause, depth++) {
    if (e instanceof StatusError) return e;
  }
  return undefined;
}

export function hasReason(error: unknown, reason: StatusReason): boolean {
  return findStatusError(error)?.status.reason === reason;
}

/** A string as Go's %q shows it: JSON's escapes serve for what names can hold. */
function quote(text: string): string {
  return JSON.stringify(text);
}
