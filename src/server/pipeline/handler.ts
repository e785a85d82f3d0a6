import { parseDuration } from '../../machinery/duration.ts';
import { badRequest, findStatusError, internalError, noSuchPath, unauthorized, type StatusError } from '../../machinery/status-error.ts';
import type { Authenticator, UserInfo } from '../authentication/authenticator.ts';
import type { Attributes, Authorizer } from '../authorization/authorizer.ts';
import { forbiddenError } from '../authorization/forbidden-message.ts';
import type { Impersonator } from '../authorization/impersonation.ts';
import { textResponse, type ApiRequest, type ApiResponse } from '../http/api-request.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { checkEndpoint, dispatch, type EndpointHandlers } from '../registry/dispatch.ts';
import type { ResourceType } from '../registry/resource-type.ts';
import { storeFailure } from '../registry/write-support.ts';
import { encodeOutcome, encodeStoredObject, encodeValue } from './encode.ts';
import { Negotiator, type AcceptedForm } from './negotiation.ts';
import type { PathRouter } from './path-router.ts';
import { parseRequestInfo, type RequestInfo, type ResourceRequestInfo } from './request-info.ts';

export interface PipelineOptions {
  readonly context: RegistryContext;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly impersonator: Impersonator;
  readonly paths: PathRouter;
  readonly endpoints: EndpointHandlers;
  /** Told of failures that are the server's own, with what is known of their cause. */
  onInternalError(error: unknown, request: ApiRequest): void;
}

const NO_QUERY = new URLSearchParams();

/**
 * Every request's way: route, authenticate, impersonate, authorize, then the operation, then its encoding. Never
 * rejects; whatever a stage throws becomes a Status.
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #negotiator = new Negotiator();

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  async handle(request: ApiRequest): Promise<ApiResponse> {
    const auditId = request.header('audit-id') ?? this.#options.context.uuid();
    const warnings: string[] = [];
    let response: ApiResponse;
    try {
      response = await this.#answer(request, warnings);
    } catch (error) {
      response = await this.#failed(request, storeFailure(error));
    }
    const headers: Record<string, string | readonly string[]> = { ...response.headers, 'audit-id': auditId, 'cache-control': 'no-cache, private' };
    if (warnings.length > 0) headers['warning'] = warningHeader(warnings);
    return { ...response, headers };
  }

  async #answer(request: ApiRequest, warnings: string[]): Promise<ApiResponse> {
    const query = request.query === '' ? NO_QUERY : new URLSearchParams(request.query);
    checkTimeout(query);
    const info = parseRequestInfo(request.method, request.path, query);
    const user = await this.#identify(request, info, query);
    if (!info.isResource) return this.#answerPath(request, info, query, user);
    return this.#answerResource(request, info, query, user, warnings);
  }

  /** Authenticates, impersonates and authorizes: who the request counts as from here on. */
  async #identify(request: ApiRequest, info: RequestInfo, query: URLSearchParams): Promise<UserInfo> {
    let user = request.presetUser ?? (await this.#authenticate(request));
    let attributes = attributesOf(info, user, query);
    const impersonation = await this.#options.impersonator.impersonate(request, attributes);
    if (impersonation.type === 'refused') throw impersonation.error;
    if (impersonation.type === 'impersonated') {
      user = impersonation.user;
      attributes = { ...attributes, user };
    }
    await this.#authorize(attributes);
    return user;
  }

  async #authorize(attributes: Attributes): Promise<void> {
    const pending = this.#options.authorizer.authorize(attributes);
    const result = pending instanceof Promise ? await pending : pending;
    if (result.decision !== 'allow') throw forbiddenError(attributes, result.reason);
  }

  async #authenticate(request: ApiRequest): Promise<UserInfo> {
    const pending = this.#options.authenticator.authenticate(request);
    const result = pending instanceof Promise ? await pending : pending;
    if (result.type !== 'authenticated') throw unauthorized();
    return result.user;
  }

  #answerPath(request: ApiRequest, info: RequestInfo, query: URLSearchParams, user: UserInfo): ApiResponse | Promise<ApiResponse> {
    const handler = this.#options.paths.find(info.path);
    if (!handler) return textResponse(404, '404 page not found\n');
    return handler({ request, path: info.path, query, user });
  }

  async #answerResource(request: ApiRequest, info: ResourceRequestInfo, query: URLSearchParams, user: UserInfo, warnings: string[]): Promise<ApiResponse> {
    const { context, endpoints } = this.#options;
    const type = context.catalog.find(info.group, info.version, info.resource);
    if (!type) {
      if (context.catalog.resources(info.group, info.version).some((t) => !t.custom)) throw noSuchPath();
      return textResponse(404, '404 page not found\n');
    }
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
      annotate: () => undefined,
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

/** The client's own bound on the request; only its form is checked here. */
function checkTimeout(query: URLSearchParams): void {
  const timeout = query.size === 0 ? null : query.get('timeout');
  if (timeout === null || timeout === '') return;
  try {
    parseDuration(timeout);
  } catch {
    throw badRequest(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(timeout)}`);
  }
}

/** RFC 7234 warning values with code 299, as many as fit the bound Kubernetes sets. */
function warningHeader(warnings: readonly string[]): string[] {
  const MAX_TOTAL = 4096;
  const values: string[] = [];
  let total = 0;
  for (const text of warnings) {
    const value = `299 - "${text.replace(/[\r\n\t]/g, ' ').replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
    total += value.length;
    if (total > MAX_TOTAL) break;
    values.push(value);
  }
  return values;
}
