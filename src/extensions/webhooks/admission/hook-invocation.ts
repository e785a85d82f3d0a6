import { forbidden, internalError } from '../../../machinery/status-error.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { AdmissionRequest } from '../../../server/admission/admission-plugin.ts';
import type { Authorizer } from '../../../server/authorization/authorizer.ts';
import type { RegistryContext } from '../../../server/registry/api-call.ts';
import type { ObjectReader } from '../../../server/object-reader.ts';
import { celAuthorizer } from '../../policies/cel-authorizer.ts';
import type { LazyPolicyEngine } from '../../policies/lazy-policy-engine.ts';
import type { MatchContext } from '../../policies/match-criteria.ts';
import { requestJson, type Match, type RequestFacts } from '../../policies/policy-input.ts';
import { ResourceViews } from '../../policies/resource-views.ts';
import { WebhookCallError } from '../client/webhook-call-error.ts';
import type { AdmissionHook } from './admission-hook.ts';
import type { AdmissionReviewRequest, ReviewOutcome } from './admission-review.ts';
import { dryRunUnsupported, hookFailure, hookRejection } from './hook-failure.ts';

export interface HookContextOptions {
  readonly context: Pick<RegistryContext, 'catalog' | 'uuid'>;
  /** Must read namespaces and webhook configurations. */
  readonly reader: ObjectReader;
  readonly authorizer: Authorizer;
  readonly engine: LazyPolicyEngine;
}

/** A hook that is to be asked, and how it sees the request. */
export interface HookInvocation {
  readonly hook: AdmissionHook;
  readonly match: Match;
}

const CONFIGURATION_GROUP = 'admissionregistration.k8s.io';
const CONFIGURATION_KINDS: ReadonlySet<string> = new Set([
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
]);

/** What configures admission is not subject to it, so that a webhook that fails can always be taken away. */
export function isConfiguration({ kind }: AdmissionRequest): boolean {
  return kind.group === CONFIGURATION_GROUP && CONFIGURATION_KINDS.has(kind.kind);
}

/** What hooks of both kinds work with. */
export class HookContext implements MatchContext {
  readonly reader: ObjectReader;
  readonly #options: HookContextOptions;
  readonly #views: ResourceViews;

  constructor(options: HookContextOptions) {
    this.#options = options;
    this.reader = options.reader;
    this.#views = new ResourceViews(options.context.catalog);
  }

  equivalents(...args: Parameters<ResourceViews['equivalents']>): ReturnType<ResourceViews['equivalents']> {
    return this.#views.equivalents(...args);
  }

  factsOf(request: AdmissionRequest): RequestFacts {
    return { request, requestKind: this.#views.kindOf(request), authorizer: celAuthorizer(this.#options.authorizer, request.user) };
  }

  /**
   * Undefined when the hook is not to be asked. Throws Forbidden when its match conditions fail and so does its policy,
   * NotFound for a namespace that does not exist.
   */
  async invocationOf(hook: AdmissionHook, facts: RequestFacts): Promise<HookInvocation | undefined> {
    const { request } = facts;
    if (!hook.hasRules) return undefined;
    const resource = hook.criteria.match(request, this);
    if (!resource) return undefined;
    const view = await this.#views.view(resource, request.subresource);
    if (!view) throw internalError(`unable to convert to ${resource.group}/${resource.version}, Resource=${resource.resource}: unknown kind`);
    await view.prepare?.([request.object, request.oldObject]);
    const invocation = { hook, match: { resource, view } };
    return !hook.hasConditions || (await this.#meetsConditions(invocation, facts)) ? invocation : undefined;
  }

  async #meetsConditions({ hook, match }: HookInvocation, facts: RequestFacts): Promise<boolean> {
    const engine = await this.#options.engine.load();
    const { object, resource, name } = facts.request;
    const conditions = hook.conditions(engine);
    const input = engine.input(facts, match, object && match.view.read(object as DeepReadonly<KubeObject>));
    const verdict = await facts.authorizer.settled(() => conditions.evaluate(input));
    if (typeof verdict === 'string') return verdict === 'match';
    if (hook.failOpen) return false;
    throw forbidden(resource, name, verdict.error);
  }

  /**
   * Asks the hook. Throws HookFailure when it could not be asked, and its own words when it refuses.
   */
  async ask({ hook, match }: HookInvocation, facts: RequestFacts): Promise<ReviewOutcome> {
    const { request } = facts;
    if (request.dryRun && !hook.allowsDryRun) throw dryRunUnsupported(hook.name);
    const outcome = await this.#review(hook, this.#reviewOf(match, facts));
    for (const [key, value] of Object.entries(outcome.auditAnnotations ?? {})) request.annotate(`${hook.name}/${key}`, value);
    for (const warning of outcome.warnings ?? []) request.warn(warning);
    if (!outcome.allowed) throw hookRejection(hook.name, outcome.result);
    return outcome;
  }

  async #review(hook: AdmissionHook, request: AdmissionReviewRequest): Promise<ReviewOutcome> {
    try {
      return await hook.reviewer.review(request, { timeoutMs: hook.timeoutMs });
    } catch (error) {
      if (error instanceof WebhookCallError) throw hookFailure(hook.name, error);
      throw error;
    }
  }

  #reviewOf(match: Match, facts: RequestFacts): AdmissionReviewRequest {
    const { object, oldObject } = facts.request;
    const read = (given: KubeObject | undefined): DeepReadonly<KubeObject> | null => (given === undefined ? null : match.view.read(given as DeepReadonly<KubeObject>));
    return { uid: this.#options.context.uuid(), ...requestJson(facts, match), object: read(object), oldObject: read(oldObject) };
  }
}
