import { parseDuration } from '../../machinery/duration.ts';
import { badRequest, findStatusError, internalError, noSuchPath, timeout, unauthorized, type StatusError } from '../../machinery/status-error.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Auditor } from '../audit/auditor.ts';
import type { Authenticator, UserInfo } from '../authentication/authenticator.ts';
import type { Attributes, Authorizer } from '../authorization/authorizer.ts';
import { forbiddenError } from '../authorization/forbidden-message.ts';
import type { Impersonator } from '../authorization/impersonation.ts';
import { RETRY_AFTER_SECONDS, type Gate } from '../flow-control/gate.ts';
import { textResponse, type ApiRequest, type ApiResponse, type ResponseHeaders } from '../http/api-request.ts';
import type { CounterSeries } from '../metrics/metric-registry.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { checkEndpoint, dispatch, type EndpointHandlers } from '../registry/dispatch.ts';
import type { ResourceType } from '../registry/resource-type.ts';
import { storeFailure } from '../registry/write-support.ts';
import { Deadlines } from './deadlines.ts';
import { isLongRunning } from './long-running.ts';
import { encodeOutcome, encodeStoredObject, encodeValue } from './encode.ts';
import { Negotiator, type AcceptedForm } from './negotiation.ts';
import type { PathRouter } from './path-router.ts';
import { warningHeader } from './warning-header.ts';
import { parseRequestInfo, type RequestInfo, type ResourceRequestInfo } from './request-info.ts';

export interface PipelineOptions {
  readonly context: RegistryContext;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly impersonator: Impersonator;
  readonly paths: PathRouter;
  readonly endpoints: EndpointHandlers;
  readonly gate: Gate;
  /** Absent: nothing is recorded. */
  readonly auditor?: Auditor;
  readonly metrics: RequestMetrics;
  /** `--request-timeout`: how long a request may take that does not last as long as its client likes. */
  readonly requestTimeoutMs: number;
  /** Told of failures that are the server's own, with what is known of their cause. */
  onInternalError(error: unknown, request: ApiRequest): void;
}

const NO_QUERY = new URLSearchParams();
const NOBODY: UserInfo = { name: '', groups: [] };

/** What is known of a request on its way. */
interface Passing {
  readonly auditId: string;
  readonly startedMs: number;
  readonly warnings: string[];
  info?: RequestInfo;
  /** What it is counted as: '' for resources, the pattern of any other path; absent for what is not served. */
  route?: string;
  dryRun: string;
  inFlight?: CounterSeries;
  leave?: () => void;
  audit?: AuditTrail | undefined;
  flowHeaders?: ResponseHeaders | undefined;
  /** The client was answered; what still goes on is nobody's. */
  answered: boolean;
}

/**
 * Every request's way: route, authenticate, impersonate, wait for its turn, authorize, then the operation, then its
 * encoding. Never rejects; whatever a stage throws becomes a Status.
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #negotiator = new Negotiator();
  readonly #deadlines: Deadlines;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.context.clock);
  }

  async handle(request: ApiRequest): Promise<ApiResponse> {
    const { context, metrics } = this.#options;
    const passing: Passing = { auditId: request.header('audit-id') ?? context.uuid(), startedMs: context.clock.now(), warnings: [], dryRun: '', answered: false };
    let response: ApiResponse;
    try {
      response = await this.#answer(request, passing);
    } catch (error) {
      const failure = storeFailure(error);
      if (!findStatusError(failure)) recordPanic(passing, failure);
      response = await this.#failed(request, failure);
    }
    passing.answered = true;
    passing.leave?.();
    const headers: Record<string, string | readonly string[]> = { ...response.headers, ...passing.flowHeaders, 'audit-id': passing.auditId, 'cache-control': 'no-cache, private' };
    if (passing.warnings.length > 0) headers['warning'] = warningHeader(passing.warnings);
    response = { ...response, headers };
    const { info, inFlight, route, dryRun, audit } = passing;
    if (audit && info) response = this.#options.auditor?.finish(audit, response, isLongRunning(info)) ?? response;
    return info && inFlight ? metrics.end(inFlight, request, { info, route, dryRun, response, durationMs: context.clock.now() - passing.startedMs }) : response;
  }

  #answer(request: ApiRequest, passing: Passing): Promise<ApiResponse> {
    const query = request.query === '' ? NO_QUERY : new URLSearchParams(request.query);
    const limitMs = this.#limitMs(query);
    const info = parseRequestInfo(request.method, request.path, query);
    passing.info = info;
    passing.inFlight = this.#options.metrics.begin(info);
    const answer = this.#proceed(request, info, query, passing);
    return isLongRunning(info) ? answer : this.#deadlines.within(answer, limitMs);
  }

  async #proceed(request: ApiRequest, info: RequestInfo, query: URLSearchParams, passing: Passing): Promise<ApiResponse> {
    const { user, attributes } = await this.#identify(request, info, query, passing);
    const entering = this.#options.gate.admit(attributes, info, request);
    const passage = entering instanceof Promise ? await entering : entering;
    passing.flowHeaders = passage.headers;
    if (passage.type === 'refused') return tooBusy();
    if (passing.answered) {
      // Its time was over while it waited: nothing may be done that its client was told did not happen.
      passage.leave();
      throw timeout('request did not complete within the allotted timeout');
    }
    passing.leave = passage.leave;
    await this.#authorize(attributes, passing.audit);
    if (!info.isResource) return this.#answerPath(request, info, query, { user, passing });
    return this.#answerResource(request, info, query, { user, passing });
  }

  /** Authenticates, records, and impersonates: who the request counts as from here on. */
  async #identify(request: ApiRequest, info: RequestInfo, query: URLSearchParams, passing: Passing): Promise<{ readonly user: UserInfo; readonly attributes: Attributes }> {
    let user = request.presetUser ?? (await this.#authenticateRecorded(request, info, passing));
    let attributes = attributesOf(info, user, query);
    passing.audit = this.#options.auditor?.begin(request, attributes, passing);
    const impersonation = await this.#options.impersonator.impersonate(request, attributes);
    if (impersonation.type === 'refused') throw impersonation.error;
    if (impersonation.type === 'impersonated') {
      user = impersonation.user;
      passing.audit?.impersonated(user);
      attributes = { ...attributes, user };
    }
    return { user, attributes };
  }

  /** The server's bound on the time of a request, or the client's own if that is shorter. Throws BadRequest. */
  #limitMs(query: URLSearchParams): number {
    const { requestTimeoutMs } = this.#options;
    const timeout = query.size === 0 ? null : query.get('timeout');
    if (timeout === null || timeout === '') return requestTimeoutMs;
    try {
      const ownMs = Number(parseDuration(timeout)) / 1e6;
      return ownMs > 0 ? Math.min(ownMs, requestTimeoutMs) : requestTimeoutMs;
    } catch {
      throw badRequest(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(timeout)}`);
    }
  }

  async #authorize(attributes: Attributes, audit?: AuditTrail): Promise<void> {
    const pending = this.#options.authorizer.authorize(attributes);
    const result = pending instanceof Promise ? await pending : pending;
    audit?.annotate('authorization.k8s.io/decision', result.decision === 'allow' ? 'allow' : 'forbid');
    audit?.annotate('authorization.k8s.io/reason', result.reason ?? '');
    if (result.decision !== 'allow') throw forbiddenError(attributes, result.reason);
  }

  /** Nobody's requests are recorded, too. */
  async #authenticateRecorded(request: ApiRequest, info: RequestInfo, passing: Passing): Promise<UserInfo> {
    const { auditor } = this.#options;
    if (!auditor) return this.#authenticate(request);
    try {
      return await this.#authenticate(request);
    } catch (error) {
      passing.audit = auditor.begin(request, attributesOf(info, NOBODY, NO_QUERY), passing);
      throw error;
    }
  }

  async #authenticate(request: ApiRequest): Promise<UserInfo> {
    const pending = this.#options.authenticator.authenticate(request);
    const result = pending instanceof Promise ? await pending : pending;
    if (result.type !== 'authenticated') throw unauthorized();
    return result.user;
  }

  #answerPath(request: ApiRequest, info: RequestInfo, query: URLSearchParams, { user, passing }: { readonly user: UserInfo; readonly passing: Passing }): ApiResponse | Promise<ApiResponse> {
    const found = this.#options.paths.find(info.path);
    if (!found) return textResponse(404, '404 page not found\n');
    passing.route = found.pattern;
    return found.handler({ request, path: info.path, query, user });
  }

  async #answerResource(request: ApiRequest, info: ResourceRequestInfo, query: URLSearchParams, { user, passing }: { readonly user: UserInfo; readonly passing: Passing }): Promise<ApiResponse> {
    const { warnings } = passing;
    const { context, endpoints } = this.#options;
    const type = context.catalog.find(info.group, info.version, info.resource);
    if (!type) {
      if (context.catalog.resources(info.group, info.version).some((t) => !t.custom)) throw noSuchPath();
      return textResponse(404, '404 page not found\n');
    }
    passing.route = '';
    if (query.size > 0 && query.has('dryRun')) passing.dryRun = 'All';
    if (type.deprecationWarning !== undefined) warnings.push(type.deprecationWarning);
    const refusal = checkEndpoint(type, info);
    if (refusal === 'no such path') return textResponse(404, '404 page not found\n');
    if (refusal) throw refusal;
    const loading = needsRules(request, info, query) ? type.storage.load?.() : undefined;
    if (loading) await loading;
    const call: ApiCall = {
      request,
      info,
      query,
      user,
      type,
      form: this.#form(request, info, type),
      warn: (text) => {
        if (!warnings.includes(text)) warnings.push(text);
      },
      protobuf: context.protobuf,
      authorize: (verb) => this.#authorize({ ...attributesOf(info, user, query), verb }),
      annotate: (key, value) => passing.audit?.annotate(key, value),
      ...(passing.audit && { recordRequest: (object: unknown) => passing.audit?.request(object) }),
    };
    const pending = dispatch(context, call, endpoints);
    const outcome = pending instanceof Promise ? await pending : pending;
    if (outcome.type === 'stored') return encodeStoredObject(context, call, outcome.status, outcome.object);
    return encodeOutcome(context, call, outcome);
  }

  #form(request: ApiRequest, info: ResourceRequestInfo, type: ResourceType): AcceptedForm {
    const accept = request.header('accept');
    const options = { protobuf: !type.custom, transforms: true };
    return info.verb === 'watch' ? this.#negotiator.negotiateStream(accept, options) : this.#negotiator.negotiate(accept, options);
  }

  async #failed(request: ApiRequest, error: unknown): Promise<ApiResponse> {
    const known = findStatusError(error);
    if (!known) this.#options.onInternalError(error, request);
    const failed: StatusError = known ?? internalError(error instanceof Error ? error.message : String(error), error);
    const response = await encodeValue(this.#options.context.protobuf, failed.code, failed.status, this.#negotiator.formatOfError(request.header('accept')));
    const retryAfter = failed.status.details?.retryAfterSeconds;
    return retryAfter === undefined ? response : { ...response, headers: { 'retry-after': String(retryAfter) } };
  }
}

/** A failure of the server's own is told as one. */
function recordPanic({ audit }: Passing, error: unknown): void {
  const message = `APIServer panic'd: ${error instanceof Error ? error.message : String(error)}`;
  audit?.stage('Panic', { status: { status: 'Failure', message, reason: 'InternalError', code: 500 } });
}

/** Plain reads are answered from bytes; all else asks the kind's rules something. */
function needsRules(request: ApiRequest, info: ResourceRequestInfo, query: URLSearchParams): boolean {
  if (info.verb !== 'get' && info.verb !== 'list' && info.verb !== 'watch') return true;
  return query.has('fieldSelector') || info.subresource !== '' || (request.header('accept')?.includes('as=Table') ?? false);
}

export function attributesOf(info: RequestInfo, user: UserInfo, query: URLSearchParams): Attributes {
  if (!info.isResource) {
    return { user, verb: info.verb, resourceRequest: false, path: info.path, group: '', version: '', resource: '', subresource: '', namespace: '', name: '' };
  }
  const { verb, path, group, version, resource, subresource, namespace } = info;
  const fieldSelector = query.size === 0 ? null : query.get('fieldSelector');
  const name = info.name === '' && fieldSelector !== null ? selectedName(fieldSelector) : info.name;
  const attributes: Attributes = { user, verb, resourceRequest: true, path, group, version, resource, subresource, namespace, name };
  if (query.size === 0) return attributes;
  const labelSelector = query.get('labelSelector');
  return { ...attributes, ...(fieldSelector !== null && { fieldSelector }), ...(labelSelector !== null && { labelSelector }) };
}

/** A list or watch of one name counts as being about that object, so that a right to it by name suffices. */
function selectedName(fieldSelector: string): string {
  for (const term of fieldSelector.split(',')) {
    const match = /^metadata\.name==?([^=!\\]+)$/.exec(term.trim());
    if (match) return match[1] ?? '';
  }
  return '';
}

/** In Kubernetes' words, and like there no Status. */
function tooBusy(): ApiResponse {
  return { ...textResponse(429, 'Too many requests, please try again later.\n'), headers: { 'retry-after': String(RETRY_AFTER_SECONDS), 'x-content-type-options': 'nosniff' } };
}
