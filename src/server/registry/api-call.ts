import type { RuleContext } from '../../api/kind-rules.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Store } from '../../store/store.ts';
import type { AdmissionChain } from '../admission/admission-chain.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { ApiRequest } from '../http/api-request.ts';
import type { AcceptedForm } from '../pipeline/negotiation.ts';
import type { LazyProtobuf } from '../pipeline/protobuf-form.ts';
import type { ResourceRequestInfo } from '../pipeline/request-info.ts';
import type { ResourceCaches } from './resource-caches.ts';
import type { ResourceCatalog } from './resource-catalog.ts';
import { objectKey, type ResourceType } from './resource-type.ts';
import type { WriteCompanions } from './write-companion.ts';

/** What the operations of the registry work with; one per server. */
export interface RegistryContext {
  readonly store: Store;
  readonly caches: ResourceCaches;
  readonly catalog: ResourceCatalog;
  readonly admission: AdmissionChain;
  readonly companions: WriteCompanions;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly uuid: () => string;
  readonly protobuf: LazyProtobuf;
  /** True for kinds that the built-in API knows, also in versions that are no longer served. */
  knowsKind(group: string, version: string, kind: string): boolean;
}

/** One authorized request for a resource. */
export interface ApiCall {
  readonly request: ApiRequest;
  readonly info: ResourceRequestInfo;
  readonly query: URLSearchParams;
  readonly user: UserInfo;
  readonly type: ResourceType;
  /** The form the client wants its answer in. */
  readonly form: AcceptedForm;
  readonly protobuf: LazyProtobuf;
  /** Throws Forbidden unless the user may do this, too, to the object that the request names. */
  authorize(verb: string): Promise<void>;
  /** Becomes a Warning header of the answer; repeated texts are sent once. */
  warn(text: string): void;
  /** Told what the request brought, decoded, where that is recorded. */
  readonly recordRequest?: (object: unknown) => void;
  /** For the audit event and the trace. */
  annotate(key: string, value: string): void;
}

/** Where a cache keeps the object of this name. Paths of namespaces name themselves as their namespace, too. */
export function scopedKey(call: ApiCall, name: string): string {
  return objectKey(call.type.namespaced ? call.info.namespace : '', name);
}

/** Where a cache keeps the object that the request names. */
export function callKey(call: ApiCall): string {
  return scopedKey(call, call.info.name);
}

export function ruleContext(context: RegistryContext, call: ApiCall): RuleContext {
  const { user, type } = call;
  return {
    requestApiVersion: type.apiVersion,
    nowMs: context.clock.now(),
    userName: user.name,
    userGroups: user.groups,
    userUid: user.uid ?? '',
    userExtra: user.extra ?? {},
    random: context.random,
  };
}
