import { formatMicroTime, type Clock } from '../../machinery/clock.ts';
import type { DeepReadonly, JsonObject } from '../../machinery/json.ts';
import { JsonSyntaxError, parseJson } from '../../machinery/parse-json.ts';
import type { Status } from '../../machinery/status-error.ts';
import { userInfoJson } from '../authentication/token-review.ts';
import type { Attributes } from '../authorization/authorizer.ts';
import type { ApiRequest, ApiResponse } from '../http/api-request.ts';
import type { LazyProtobuf } from '../pipeline/protobuf-form.ts';
import type { AuditSink, ObjectReference } from './audit-event.ts';
import { auditDecision, type AuditPolicy } from './audit-policy.ts';
import { AuditTrail } from './audit-trail.ts';

export interface AuditSettings {
  readonly policy: DeepReadonly<AuditPolicy>;
  readonly sinks: readonly AuditSink[];
}

export interface AuditorOptions extends AuditSettings {
  readonly clock: Clock;
  readonly protobuf: LazyProtobuf;
}

const MAX_USER_AGENT = 1024;

/** Records what is asked of a server, as its policy says. */
export class Auditor {
  readonly #options: AuditorOptions;

  constructor(options: AuditorOptions) {
    this.#options = options;
  }

  /** The trail of a request, with its first stage told; undefined where the policy wants to know nothing of it. */
  begin(request: ApiRequest, attributes: Attributes, { auditId, startedMs }: { readonly auditId: string; readonly startedMs: number }): AuditTrail | undefined {
    const { policy, sinks, clock } = this.#options;
    const decision = auditDecision(policy, attributes);
    if (decision.level === 'None') return undefined;
    const sourceIPs = sourceAddresses(request);
    const userAgent = request.header('user-agent');
    const trail = new AuditTrail({
      decision,
      sinks,
      clock,
      head: {
        auditID: auditId,
        requestURI: request.query === '' ? request.path : `${request.path}?${request.query}`,
        verb: attributes.verb,
        user: userInfoJson(attributes.user) as JsonObject,
        requestReceivedTimestamp: formatMicroTime(startedMs),
        ...(sourceIPs.length > 0 && { sourceIPs }),
        ...(userAgent !== undefined && { userAgent: userAgent.length > MAX_USER_AGENT ? `${userAgent.slice(0, MAX_USER_AGENT)}...TRUNCATED` : userAgent }),
      },
      objectRef: attributes.resourceRequest ? referenceOf(attributes) : undefined,
    });
    trail.stage('RequestReceived');
    return trail;
  }

  /** Tells the rest of a trail: at once for answers that are whole, else when they began and when they have ended. */
  finish(trail: AuditTrail, response: ApiResponse, lasting: boolean): ApiResponse {
    if (response.type === 'bytes') {
      void this.#complete(trail, response);
      return response;
    }
    const status = { code: response.status };
    if (lasting) trail.stage('ResponseStarted', { status });
    return {
      ...response,
      start: (sink) => {
        sink.onClose(() => trail.stage('ResponseComplete', { status }));
        response.start(sink);
      },
    };
  }

  async #complete(trail: AuditTrail, response: Extract<ApiResponse, { type: 'bytes' }>): Promise<void> {
    const failed = response.status >= 400;
    const object = failed || trail.wantsResponse ? await this.#objectOf(response) : undefined;
    const status = object?.['kind'] === 'Status' ? statusOf(object, response.status) : { code: response.status };
    trail.stage('ResponseComplete', { status, ...(object && { object }) });
  }

  async #objectOf({ contentType, body }: Extract<ApiResponse, { type: 'bytes' }>): Promise<JsonObject | undefined> {
    const bytes = Buffer.concat(body);
    try {
      if (contentType.startsWith('application/json')) return parseJson(bytes).value as JsonObject;
      if (contentType.startsWith('application/yaml')) return (await import('../../machinery/parse-yaml.ts')).parseYaml(bytes.toString('utf8')).value as JsonObject;
      if (contentType.startsWith('application/vnd.kubernetes.protobuf')) return (await this.#options.protobuf.load()).decode(bytes, '', '');
    } catch (error) {
      if (!(error instanceof JsonSyntaxError) && !(error instanceof Error)) throw error;
    }
    return undefined;
  }
}

/** Of a Status as it was answered, without what every one has. */
function statusOf({ status, message, reason, details, code }: JsonObject, fallback: number): Partial<Status> {
  return {
    ...(status !== undefined && { status }),
    ...(message !== undefined && { message }),
    ...(reason !== undefined && { reason }),
    ...(details !== undefined && { details }),
    code: code ?? fallback,
  } as Partial<Status>;
}

function referenceOf({ resource, namespace, name, group, version, subresource }: Attributes): ObjectReference {
  const fields = Object.entries({ resource, namespace, name, apiGroup: group, apiVersion: version, subresource }).filter(([, value]) => value !== '');
  return Object.fromEntries(fields);
}

/** Proxies first, in the order in which they wrote themselves down, and who is connected last; each once. */
function sourceAddresses(request: ApiRequest): string[] {
  const forwarded = (request.header('x-forwarded-for') ?? '').split(',').map((address) => address.trim());
  const all = [...forwarded, request.header('x-real-ip')?.trim() ?? '', request.remoteAddress.replace(/^::ffff:/, '')];
  return [...new Set(all.filter((address) => address !== ''))];
}
