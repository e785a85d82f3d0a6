import type { MutatingBinding, MutatingPolicy } from '../../api/admissionregistration/shapes.ts';
import { DecodeError } from '../../api/types/decode-error.ts';
import { equalJson, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { internalError, StatusError, type StatusReason } from '../../machinery/status-error.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../server/admission/admission-plugin.ts';
import { admissionRefusal } from '../../server/admission/admission-refusal.ts';
import { Reinvocation } from '../../server/admission/reinvocation.ts';
import { collectParams, configured, paramType, type Param } from './collect-params.ts';
import type { CompiledMutatingPolicy } from './compiled-mutating-policy.ts';
import { namespaceOf } from './match-criteria.ts';
import { isExempt, PolicyContext, type PolicyPluginOptions } from './policy-context.ts';
import type { Match, RequestFacts } from './policy-input.ts';
import { PolicyHooks, type PolicyHook } from './policy-hooks.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { PolicyReinvocations } from './policy-reinvocations.ts';

const NAME = 'MutatingAdmissionPolicy';
const GROUP = 'admissionregistration.k8s.io';
const KINDS = { policies: { group: GROUP, resource: 'mutatingadmissionpolicies' }, bindings: { group: GROUP, resource: 'mutatingadmissionpolicybindings' } };

type Compile = (engine: PolicyEngine) => CompiledMutatingPolicy;
type Policy = DeepReadonly<MutatingPolicy>;
type Binding = DeepReadonly<MutatingBinding>;
type Hook = PolicyHook<Policy, Binding, Compile>;

/** One run of a policy: for one binding and one parameter. */
interface Invocation {
  readonly hook: Hook;
  readonly binding: string;
  readonly match: Match;
  readonly param: Param;
}

/** What failed; `reason` is told for what went wrong while it ran. */
interface PolicyFailure {
  readonly hook: Hook;
  readonly binding?: string;
  readonly message: string;
  readonly reason?: StatusReason;
}

/** Changes objects by the MutatingAdmissionPolicies that are in effect, in the order of their names. */
export function mutatingAdmissionPolicy(options: PolicyPluginOptions): AdmissionPlugin {
  const hooks = new PolicyHooks<Policy, Binding, Compile>(options.reader, KINDS, (policy) => {
    let compiled: CompiledMutatingPolicy | undefined;
    return (engine) => (compiled ??= engine.compileMutating(policy));
  });
  const mutation = new MutationRounds(options);
  return {
    name: NAME,
    handles: (operation) => operation !== 'DELETE',
    admit(request, reinvocation = new Reinvocation()) {
      const current = hooks.current();
      return current.length === 0 || isExempt(request.resource) ? undefined : mutation.run(request, current, reinvocation);
    },
  };
}

class MutationRounds {
  readonly #options: PolicyPluginOptions;
  readonly #context: PolicyContext;

  constructor(options: PolicyPluginOptions) {
    this.#options = options;
    this.#context = new PolicyContext(options);
  }

  async run(request: AdmissionRequest, hooks: readonly Hook[], reinvocation: Reinvocation): Promise<void> {
    const failures: PolicyFailure[] = [];
    const invocations: Invocation[] = [];
    for (const hook of hooks) invocations.push(...(await this.#invocationsOf(hook, request, failures)));
    if (invocations.length > 0) await this.#invokeAll(invocations, request, { failures, reinvocation });
    const told = failures.filter(({ hook }) => hook.failClosed);
    if (told.length > 0) throw refusalError(request, told);
  }

  async #invocationsOf(hook: Hook, request: AdmissionRequest, failures: PolicyFailure[]): Promise<Invocation[]> {
    const resource = hook.criteria.match(request, this.#context);
    const view = resource && (await this.#context.views.view(resource, request.subresource));
    if (!resource || !view) return [];
    const { context } = this.#options;
    const attempt = await configured(async () => paramType(context, hook.policy.spec?.paramKind));
    if ('error' in attempt) {
      failures.push({ hook, message: `failed to configure policy: ${attempt.error}` });
      return [];
    }
    const invocations: Invocation[] = [];
    for (const { name, binding, criteria } of hook.bindings) {
      if (!criteria.match(request, this.#context)) continue;
      const params = await configured(async () => collectParams(context, attempt.value, binding.spec?.paramRef, namespaceOf(request)));
      if ('error' in params) failures.push({ hook, binding: name, message: `failed to configure binding: ${params.error}` });
      else for (const param of params.value) invocations.push({ hook, binding: name, match: { resource, view }, param });
    }
    return invocations;
  }

  async #invokeAll(invocations: readonly Invocation[], request: AdmissionRequest, round: { readonly failures: PolicyFailure[]; readonly reinvocation: Reinvocation }): Promise<void> {
    const { object } = request;
    const reinvocations = round.reinvocation.state(NAME, () => new PolicyReinvocations());
    if (round.reinvocation.isReinvocation) reinvocations.begin(object);
    const engine = await this.#options.engine.load();
    const facts = this.#context.factsOf(request);
    let patched = false;
    for (const invocation of invocations) {
      const key = reinvocationKey(invocation);
      if (object === undefined || (round.reinvocation.isReinvocation && !reinvocations.isDue(key))) continue;
      await invocation.match.view.prepare?.([object, request.oldObject]);
      const outcome = await invoke(invocation, object, { engine, facts, failures: round.failures });
      if (outcome === 'not matched') continue;
      if (outcome === 'changed') reinvocations.changed();
      patched ||= outcome !== 'untouched';
      if (invocation.hook.policy.spec?.reinvocationPolicy === 'IfNeeded') reinvocations.ran(key);
    }
    if (patched) round.reinvocation.request();
    reinvocations.end(object, patched);
  }
}

interface InvocationRound {
  readonly engine: PolicyEngine;
  readonly facts: RequestFacts;
  readonly failures: PolicyFailure[];
}

/** `patched`: mutations were made, and made no difference. */
type InvocationOutcome = 'not matched' | 'untouched' | 'patched' | 'changed';

/** Makes the mutations of one invocation, one after the other; one that fails leaves the others to go on. */
async function invoke({ hook, binding, match, param }: Invocation, object: KubeObject, { engine, facts, failures }: InvocationRound): Promise<InvocationOutcome> {
  const policy = hook.compiled()(engine);
  const fail = (message: string): void => void failures.push({ hook, binding, message, reason: 'Invalid' });
  const { view } = match;
  let current = view.read(object as DeepReadonly<KubeObject>) as unknown as JsonObject;
  // The object itself changes with the mutations; its parts do not.
  const before = { ...current };
  const input = { ...engine.input(facts, match, current), params: param };
  const verdict = await facts.authorizer.settled(() => policy.matches(input));
  if (verdict === 'no match') return 'not matched';
  if (verdict !== 'match') {
    if (hook.failClosed) fail(verdict.error);
    return 'not matched';
  }
  let patched = false;
  for (let i = 0; i < policy.size; i++) {
    const seen = current;
    const outcome = await facts.authorizer.settled(() => policy.mutate(i, seen, { ...input, object: seen }, view.schema));
    if (outcome.error !== undefined) {
      fail(outcome.error);
      continue;
    }
    patched = true;
    if (outcome.object === current || equalJson(outcome.object, current)) continue;
    await write(match, outcome.object, object);
    current = view.read(object as DeepReadonly<KubeObject>) as unknown as JsonObject;
  }
  if (!patched) return 'untouched';
  return equalJson(before, current) ? 'patched' : 'changed';
}

async function write({ view }: Match, json: JsonObject, object: KubeObject): Promise<void> {
  try {
    await view.write(json, object);
  } catch (error) {
    if (error instanceof DecodeError) throw internalError(error.message, error);
    throw error;
  }
}

function reinvocationKey({ hook, binding, param }: Invocation): string {
  return JSON.stringify([hook.name, binding, param?.metadata.namespace, param?.metadata.name]);
}

/** Every failure is told as a cause, the first one as the message. */
function refusalError(request: AdmissionRequest, failures: readonly PolicyFailure[]): StatusError {
  const causes = failures.map((failure) => ({ message: failureText(failure) }));
  const { status } = admissionRefusal(request, '');
  const reason = failures[0]?.reason ?? status.reason ?? 'Forbidden';
  return new StatusError({ ...status, message: causes[0]?.message ?? '', reason, details: { ...status.details, causes } });
}

function failureText({ hook, binding, message }: PolicyFailure): string {
  return binding === undefined ? `policy ${JSON.stringify(hook.name)} denied request: ${message}` : `policy '${hook.name}' with binding '${binding}' denied request: ${message}`;
}
