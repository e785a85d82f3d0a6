import type { ValidatingBinding, ValidatingPolicy } from '../../api/admissionregistration/shapes.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { StatusError, type StatusReason } from '../../machinery/status-error.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../server/admission/admission-plugin.ts';
import { admissionRefusal } from '../../server/admission/admission-refusal.ts';
import type { ResourceType } from '../../server/registry/resource-type.ts';
import { collectParams, configured, paramType } from './collect-params.ts';
import type { CompiledValidatingPolicy, Denial, ValidationOutcome } from './compiled-validating-policy.ts';
import { namespaceOf } from './match-criteria.ts';
import { isExempt, PolicyContext, type PolicyPluginOptions } from './policy-context.ts';
import type { Match, RequestFacts } from './policy-input.ts';
import { PolicyHooks, type BindingHook, type PolicyHook } from './policy-hooks.ts';
import type { PolicyEngine } from './policy-engine.ts';

const NAME = 'ValidatingAdmissionPolicy';
const GROUP = 'admissionregistration.k8s.io';
const KINDS = { policies: { group: GROUP, resource: 'validatingadmissionpolicies' }, bindings: { group: GROUP, resource: 'validatingadmissionpolicybindings' } };
const FAILURE_ANNOTATION = 'validation.policy.admission.k8s.io/validation_failure';
const CODES: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413 };

type Compile = (engine: PolicyEngine) => CompiledValidatingPolicy;
type Policy = DeepReadonly<ValidatingPolicy>;
type Binding = DeepReadonly<ValidatingBinding>;
type Hook = PolicyHook<Policy, Binding, Compile>;

interface Refusal {
  readonly policy: string;
  readonly binding?: string;
  readonly message: string;
  readonly reason?: string;
}

/** Judges writes by the ValidatingAdmissionPolicies that are in effect, in the order of their names. */
export function validatingAdmissionPolicy(options: PolicyPluginOptions): AdmissionPlugin {
  const hooks = new PolicyHooks<Policy, Binding, Compile>(options.reader, KINDS, (policy) => {
    let compiled: CompiledValidatingPolicy | undefined;
    return (engine) => (compiled ??= engine.compileValidating(policy));
  });
  const validation = new Validation(options);
  return {
    name: NAME,
    handles: () => true,
    validate(request) {
      const current = hooks.current();
      return current.length === 0 || isExempt(request.resource) ? undefined : validation.run(request, current);
    },
  };
}

class Validation {
  readonly #options: PolicyPluginOptions;
  readonly #context: PolicyContext;

  constructor(options: PolicyPluginOptions) {
    this.#options = options;
    this.#context = new PolicyContext(options);
  }

  async run(request: AdmissionRequest, hooks: readonly Hook[]): Promise<void> {
    const refusals: Refusal[] = [];
    const audited: string[] = [];
    let facts: RequestFacts | undefined;
    for (const hook of hooks) {
      const resource = hook.criteria.match(request, this.#context);
      if (!resource) continue;
      const view = await this.#context.views.view(resource, request.subresource);
      if (!view) continue;
      await view.prepare?.([request.object, request.oldObject]);
      facts ??= this.#context.factsOf(request);
      refusals.push(...(await this.#judge(hook, facts, { match: { resource, view }, audited })));
    }
    // Annotations are not overwritten: the first failure is the one on record.
    if (audited[0] !== undefined) request.annotate(FAILURE_ANNOTATION, audited[0]);
    const [first] = refusals;
    if (first) throw refusalError(request, first);
  }

  async #judge(hook: Hook, facts: RequestFacts, { match, audited }: { readonly match: Match; readonly audited: string[] }): Promise<Refusal[]> {
    const refusals: Refusal[] = [];
    const annotations = new Map<string, Set<string>>();
    const attempt = await configured(async () => paramType(this.#options.context, hook.policy.spec?.paramKind));
    if ('error' in attempt) return hook.failClosed ? [{ policy: hook.name, message: `failed to configure policy: ${attempt.error}` }] : [];
    for (const binding of hook.bindings) {
      const outcomes = await configured(async () => this.#evaluate(hook, binding, { facts, match, type: attempt.value }));
      if ('value' in outcomes) {
        for (const outcome of outcomes.value) refusals.push(...settle(outcome, { hook, binding, request: facts.request, annotations, audited }));
      } else if (hook.failClosed) {
        refusals.push({ policy: hook.name, binding: binding.name, message: `failed to configure binding: ${outcomes.error}` });
      }
    }
    for (const [key, values] of annotations) facts.request.annotate(`${hook.name}/${key}`, [...values].join(', '));
    return refusals;
  }

  /** Throws PolicyConfigurationError. */
  async #evaluate(hook: Hook, { binding, criteria }: BindingHook<Binding>, { facts, match, type }: Evaluation): Promise<ValidationOutcome[]> {
    const { request } = facts;
    if (!criteria.match(request, this.#context)) return [];
    const { context, engine } = this.#options;
    const params = await collectParams(context, type, binding.spec?.paramRef, namespaceOf(request));
    if (params.length === 0) return [];
    const loaded = await engine.load();
    const { object } = request;
    const input = loaded.input(facts, match, object && match.view.read(object as DeepReadonly<KubeObject>));
    const policy = hook.compiled()(loaded);
    return facts.authorizer.settled(() => params.map((param) => policy.validate({ ...input, params: param })));
  }
}

interface Evaluation {
  readonly facts: RequestFacts;
  readonly match: Match;
  readonly type: ResourceType | undefined;
}

interface Settlement {
  readonly hook: Hook;
  readonly binding: BindingHook<Binding>;
  readonly request: AdmissionRequest;
  readonly annotations: Map<string, Set<string>>;
  /** Failures that are put on record. */
  readonly audited: string[];
}

/** Does what the binding's actions say, and returns what refuses the request. */
function settle(outcome: ValidationOutcome, { hook, binding, request, annotations, audited }: Settlement): Refusal[] {
  const names = { policy: hook.name, binding: binding.name };
  const actions = binding.binding.spec?.validationActions ?? [];
  const refusals: Refusal[] = [];
  for (const denial of outcome.denials) {
    for (const action of actions) {
      if (action === 'Deny') refusals.push({ ...names, message: denial.message, ...(denial.reason !== undefined && { reason: denial.reason }) });
      else if (action === 'Audit') audited.push(failureAnnotation(denial, hook, binding));
      else if (action === 'Warn') request.warn(`Validation failed for ValidatingAdmissionPolicy '${hook.name}' with binding '${binding.name}': ${denial.message}`);
    }
  }
  for (const message of outcome.failedAnnotations) refusals.push({ ...names, message });
  for (const { key, value } of outcome.annotations) annotations.set(key, (annotations.get(key) ?? new Set()).add(value));
  return refusals;
}

function failureAnnotation({ message, index }: Denial, hook: Hook, { name, binding }: BindingHook<Binding>): string {
  return JSON.stringify([{ message, policy: hook.name, binding: name, expressionIndex: index, validationActions: binding.spec?.validationActions ?? [] }]);
}

/** Only the first refusal is told. */
function refusalError(request: AdmissionRequest, { policy, binding, message, reason = 'Invalid' }: Refusal): StatusError {
  const text = `ValidatingAdmissionPolicy '${policy}'${binding === undefined ? '' : ` with binding '${binding}'`} denied request: ${message}`;
  const { status } = admissionRefusal(request, text);
  return new StatusError({ ...status, reason: reason as StatusReason, code: CODES[reason] ?? 422, details: { ...status.details, causes: [{ message: text }] } });
}
