import type { Clock } from '../../../machinery/clock.ts';
import type { JsonObject } from '../../../machinery/json.ts';
import { stringifyJson } from '../../../machinery/parse-json.ts';
import type { Attributes, AuthorizationResult, Authorizer, RuleResolver } from '../../../server/authorization/authorizer.ts';
import { ExpiringCache } from '../client/expiring-cache.ts';
import type { ReviewCaller } from '../client/review-caller.ts';
import { WebhookCallError } from '../client/webhook-call-error.ts';
import type { WebhookTarget } from '../client/webhook-target.ts';
import { accessReviewSpec } from './access-review-spec.ts';
import { LazyReviewConditions } from './review-conditions.ts';

/** `--authorization-webhook-*`, or one webhook of an AuthorizationConfiguration. */
export interface AuthorizationWebhookSettings {
  readonly name: string;
  readonly target: WebhookTarget;
  /** Of SubjectAccessReviews. Default v1beta1, as kube-apiserver's. */
  readonly version?: 'v1' | 'v1beta1';
  /** Default five minutes. */
  readonly authorizedTtlMs?: number;
  /** Default thirty seconds. */
  readonly unauthorizedTtlMs?: number;
  /** Default thirty seconds. */
  readonly timeoutMs?: number;
  /** What a failure is taken for. Default NoOpinion. */
  readonly failurePolicy?: 'NoOpinion' | 'Deny';
  /** Expressions about `request`, the review's spec; the webhook is asked only when all hold. */
  readonly matchConditions?: readonly string[];
}

const MAX_CACHED = 8192;
/** Longer questions are not kept: who asks could fill the memory with them. */
const MAX_CACHED_ATTRIBUTES = 10_000;

type Settings = AuthorizationWebhookSettings & { readonly caller: ReviewCaller; readonly clock: Clock };

/** Asks a webhook whether requests are allowed, with SubjectAccessReviews. */
export function webhookAuthorizer(settings: Settings): Authorizer & RuleResolver {
  const { name, target, version = 'v1beta1', authorizedTtlMs = 300_000, unauthorizedTtlMs = 30_000, timeoutMs = 30_000, failurePolicy = 'NoOpinion', caller, clock } = settings;
  const endpoint = { target, kind: 'SubjectAccessReview', apiVersion: `authorization.k8s.io/${version}`, timeoutMs };
  const cache = new ExpiringCache<AuthorizationResult>(clock, MAX_CACHED);
  const conditions = new LazyReviewConditions(settings.matchConditions ?? []);
  const failed = (evaluationError: string): AuthorizationResult => ({ decision: failurePolicy === 'Deny' ? 'deny' : 'no-opinion', evaluationError });

  return {
    name,
    async authorize(attributes) {
      const spec = accessReviewSpec(attributes);
      const verdict = await conditions.evaluate(spec);
      if (verdict !== 'match') return verdict === 'no match' ? { decision: 'no-opinion' } : failed(verdict.error);
      const key = stringifyJson(spec);
      const known = cache.get(key);
      if (known) return known;
      try {
        const { groups, ...rest } = spec;
        // The older version calls them so.
        const sent = version === 'v1beta1' && groups ? { ...rest, group: groups } : spec;
        const result = resultOf(await caller.status(endpoint, sent));
        if (isShort(attributes)) cache.set(key, result, result.decision === 'allow' ? authorizedTtlMs : unauthorizedTtlMs);
        return result;
      } catch (error) {
        if (error instanceof WebhookCallError) return failed(error.message);
        throw error;
      }
    },
    rulesFor: () => ({ resourceRules: [], nonResourceRules: [], incomplete: true, evaluationError: 'webhook authorizer does not support user rule resolution' }),
  };
}

function resultOf({ allowed, denied, reason }: JsonObject): AuthorizationResult {
  const told = typeof reason === 'string' && reason !== '' ? { reason } : {};
  if (denied === true && allowed === true) return { decision: 'deny', ...told, evaluationError: 'webhook subject access review returned both allow and deny response' };
  if (denied === true) return { decision: 'deny', ...told };
  return { decision: allowed === true ? 'allow' : 'no-opinion', ...told };
}

function isShort({ namespace, verb, group, version, resource, subresource, name, path }: Attributes): boolean {
  return namespace.length + verb.length + group.length + version.length + resource.length + subresource.length + name.length + path.length < MAX_CACHED_ATTRIBUTES;
}
