import { formatMicroTime, type Clock } from '../../machinery/clock.ts';
import { cloneJson, isJsonObject, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import type { Status } from '../../machinery/status-error.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import { userInfoJson } from '../authentication/token-review.ts';
import { isAtLeast, type AuditEvent, type AuditLevel, type AuditSink, type AuditStage, type ObjectReference } from './audit-event.ts';
import type { AuditDecision } from './audit-policy.ts';

export interface AuditTrailOptions {
  readonly decision: AuditDecision;
  readonly sinks: readonly AuditSink[];
  readonly clock: Clock;
  /** Of the event as a whole: what is known when the request came. */
  readonly head: Pick<AuditEvent, 'auditID' | 'requestURI' | 'verb' | 'user' | 'requestReceivedTimestamp'> & Partial<Pick<AuditEvent, 'sourceIPs' | 'userAgent'>>;
  readonly objectRef: ObjectReference | undefined;
}

/** Told of with what the webhook changed, which can be as much as the object. */
const REQUEST_LEVEL_KEY = 'patch.webhook.admission.k8s.io/';

/** What is to be told of one request, gathered on its way; told to the sinks at each stage that the policy does not omit. */
export class AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #objectRef: ObjectReference | undefined;
  readonly #annotations = new Map<string, string>();
  #impersonated: JsonObject | undefined;
  #requestObject: unknown;
  #done = false;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
    this.#objectRef = options.objectRef;
  }

  get level(): AuditLevel {
    return this.#options.decision.level;
  }

  /** Whether the answer's body is to be told. */
  get wantsResponse(): boolean {
    return isAtLeast(this.level, 'RequestResponse');
  }

  impersonated(user: UserInfo): void {
    this.#impersonated = userInfoJson(user) as JsonObject;
  }

  /** The first value of a key stays. */
  annotate(key: string, value: string): void {
    if (key.startsWith(REQUEST_LEVEL_KEY) && !isAtLeast(this.level, 'Request')) return;
    if (!this.#annotations.has(key)) this.#annotations.set(key, value);
  }

  /** What the request brought, decoded. Copied, since those who decode it go on to change it. */
  request(object: unknown): void {
    this.#completeReference(object);
    if (isAtLeast(this.level, 'Request')) this.#requestObject = this.#shown(cloneJson(object));
  }

  stage(stage: AuditStage, response?: { readonly status: Partial<Status>; readonly object?: unknown }): void {
    const { decision, sinks, clock, head } = this.#options;
    if (this.#done) return;
    if (stage === 'ResponseComplete' || stage === 'Panic') this.#done = true;
    if (decision.omitStages.has(stage)) return;
    const event: AuditEvent = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: this.level,
      auditID: head.auditID,
      stage,
      requestURI: head.requestURI,
      verb: head.verb,
      user: head.user,
      ...(this.#impersonated && { impersonatedUser: this.#impersonated }),
      ...(head.sourceIPs && { sourceIPs: head.sourceIPs }),
      ...(head.userAgent !== undefined && { userAgent: head.userAgent }),
      ...(this.#objectRef && { objectRef: { ...this.#objectRef } }),
      ...(response && { responseStatus: { metadata: {}, ...response.status } }),
      ...(this.#requestObject !== undefined && { requestObject: this.#requestObject }),
      ...(response?.object !== undefined && this.wantsResponse && { responseObject: this.#shown(response.object) }),
      requestReceivedTimestamp: head.requestReceivedTimestamp,
      stageTimestamp: formatMicroTime(clock.now()),
      ...(this.#annotations.size > 0 && { annotations: Object.fromEntries(this.#annotations) }),
    };
    for (const sink of sinks) sink.write(event);
  }

  #completeReference(object: unknown): void {
    const reference = this.#objectRef;
    const metadata = isJsonObject(object) ? object['metadata'] : undefined;
    if (!reference || !isJsonObject(metadata)) return;
    for (const field of ['namespace', 'name', 'uid', 'resourceVersion'] as const) {
      const value = metadata[field];
      if (reference[field] === undefined && typeof value === 'string' && value !== '') reference[field] = value;
    }
  }

  #shown(value: unknown): unknown {
    if (!this.#options.decision.omitManagedFields || !isJsonObject(value)) return value;
    const items = value['items'];
    return Array.isArray(items) ? { ...value, items: items.map((item) => withoutManagedFields(item as JsonObject)) } : withoutManagedFields(value);
  }
}

function withoutManagedFields(object: DeepReadonly<JsonObject>): unknown {
  const { metadata } = object;
  if (!isJsonObject(metadata) || metadata['managedFields'] === undefined) return object;
  const { managedFields: _dropped, ...rest } = metadata;
  return { ...object, metadata: rest };
}
