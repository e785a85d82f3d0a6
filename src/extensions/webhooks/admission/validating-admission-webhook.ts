import { findStatusError } from '../../../machinery/status-error.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../server/admission/admission-plugin.ts';
import type { RequestFacts } from '../../policies/policy-input.ts';
import type { AdmissionHook } from './admission-hook.ts';
import type { ConfiguredHooks } from './configured-hooks.ts';
import { failedClosed, HookFailure } from './hook-failure.ts';
import { isConfiguration, type HookContext, type HookInvocation } from './hook-invocation.ts';

/** Has the hooks that match judge each write, all at once. */
export function validatingAdmissionWebhook(hooks: ConfiguredHooks, context: HookContext): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: () => true,
    validate(request) {
      const current = hooks.current();
      return current.length === 0 || isConfiguration(request) ? undefined : validate(request, current, context);
    },
  };
}

async function validate(request: AdmissionRequest, hooks: readonly AdmissionHook[], context: HookContext): Promise<void> {
  const facts = context.factsOf(request);
  const invocations: HookInvocation[] = [];
  for (const hook of hooks) {
    const invocation = await context.invocationOf(hook, facts);
    if (invocation) invocations.push(invocation);
  }
  if (invocations.length === 0) return;
  const refusals = await Promise.all(invocations.map((invocation, i) => refusalOf(invocation, facts, { context, place: `round_0_index_${i}` })));
  // Of several refusals one is told, the same one whichever came first.
  const first = refusals.find((refusal) => refusal !== undefined);
  if (first) throw first;
}

async function refusalOf(invocation: HookInvocation, facts: RequestFacts, { context, place }: { readonly context: HookContext; readonly place: string }): Promise<Error | undefined> {
  const { hook } = invocation;
  try {
    await context.ask(invocation, facts);
    return undefined;
  } catch (error) {
    if (!(error instanceof HookFailure)) return findStatusError(error) ?? (error as Error);
    if (!hook.failOpen) return failedClosed(error);
    facts.request.annotate(`failed-open.validating.webhook.admission.k8s.io/${place}`, hook.name);
    return undefined;
  }
}
