import { DecodeError } from '../../../api/types/decode-error.ts';
import { findManagedFieldsError } from '../../../machinery/apply/managed-fields.ts';
import { applyJsonPatch, JsonPatchError } from '../../../machinery/json-patch.ts';
import { equalJson, isJsonObject, type DeepReadonly, type JsonObject } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { internalError } from '../../../machinery/status-error.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../server/admission/admission-plugin.ts';
import { Reinvocation } from '../../../server/admission/reinvocation.ts';
import type { RequestFacts } from '../../policies/policy-input.ts';
import type { ResourceView } from '../../policies/resource-views.ts';
import { PolicyReinvocations } from '../../policies/policy-reinvocations.ts';
import type { AdmissionHook } from './admission-hook.ts';
import type { ReviewOutcome } from './admission-review.ts';
import type { ConfiguredHooks } from './configured-hooks.ts';
import { failedClosed, HookFailure } from './hook-failure.ts';
import { isConfiguration, type HookContext, type HookInvocation } from './hook-invocation.ts';

const NAME = 'MutatingAdmissionWebhook';

/** Has the hooks that match change each write, one after the other, each seeing what those before it made. */
export function mutatingAdmissionWebhook(hooks: ConfiguredHooks, context: HookContext): AdmissionPlugin {
  return {
    name: NAME,
    handles: () => true,
    admit(request, reinvocation = new Reinvocation()) {
      const current = hooks.current();
      return current.length === 0 || isConfiguration(request) ? undefined : mutate(request, current, { context, reinvocation });
    },
  };
}

interface Round {
  readonly context: HookContext;
  readonly reinvocation: Reinvocation;
}

async function mutate(request: AdmissionRequest, hooks: readonly AdmissionHook[], { context, reinvocation }: Round): Promise<void> {
  const { object } = request;
  const managedFields = object?.metadata.managedFields;
  const invoked = reinvocation.state(NAME, () => new PolicyReinvocations());
  if (reinvocation.isReinvocation) invoked.begin(object);
  const facts = context.factsOf(request);
  for (const [i, hook] of hooks.entries()) {
    const invocation = await context.invocationOf(hook, facts);
    if (!invocation || (reinvocation.isReinvocation && !invoked.isDue(hook.id))) continue;
    const place = `round_${reinvocation.isReinvocation ? 1 : 0}_index_${i}`;
    if (await invoke(invocation, facts, { context, place })) {
      invoked.changed();
      reinvocation.request();
    }
    if (hook.reinvocable) invoked.ran(hook.id);
  }
  invoked.end(object, false);
  if (object !== undefined && object.metadata.managedFields !== managedFields) keepManagedFieldsValid(request, object, managedFields);
}

/** True when the object is no longer as it was. */
async function invoke(invocation: HookInvocation, facts: RequestFacts, { context, place }: { readonly context: HookContext; readonly place: string }): Promise<boolean> {
  const { hook } = invocation;
  const { request } = facts;
  let changed = false;
  try {
    changed = await applyChange(invocation, request, await context.ask(invocation, facts), place);
  } catch (error) {
    if (!(error instanceof HookFailure)) throw error;
    if (!hook.failOpen) throw failedClosed(error);
    request.annotate(`failed-open.mutation.webhook.admission.k8s.io/${place}`, hook.name);
  } finally {
    request.annotate(`mutation.webhook.admission.k8s.io/${place}`, JSON.stringify({ configuration: hook.configuration, webhook: hook.name, mutated: changed }));
  }
  return changed;
}

async function applyChange({ hook, match }: HookInvocation, request: AdmissionRequest, { change }: ReviewOutcome, place: string): Promise<boolean> {
  if (change === undefined || (change.type === 'patch' && change.operations.length === 0)) return false;
  const { object } = request;
  if (object === undefined) throw internalError(`admission webhook ${JSON.stringify(hook.name)} attempted to modify the object, which is not supported for this operation`);
  const { view } = match;
  // The object itself is changed in place; its parts are not.
  const before = { ...(view.read(object as DeepReadonly<KubeObject>) as unknown as JsonObject) };
  await writeChange(before, { change, view, object });
  if (change.type === 'patch') {
    request.annotate(`patch.webhook.admission.k8s.io/${place}`, JSON.stringify({ configuration: hook.configuration, webhook: hook.name, patch: change.operations, patchType: 'JSONPatch' }));
  }
  return !equalJson(before, view.read(object as DeepReadonly<KubeObject>));
}

interface Writing {
  readonly change: NonNullable<ReviewOutcome['change']>;
  readonly view: ResourceView;
  readonly object: KubeObject;
}

async function writeChange(before: JsonObject, { change, view, object }: Writing): Promise<void> {
  try {
    const json = change.type === 'object' ? change.object : applyJsonPatch(before, change.operations);
    if (!isJsonObject(json)) throw internalError('the patch does not make an object');
    await view.write(json, object);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof JsonPatchError) throw internalError(error.message, error);
    throw error;
  }
}

/** Owners of fields that cannot be read would take away what all others own. */
function keepManagedFieldsValid(request: AdmissionRequest, object: KubeObject, before: KubeObject['metadata']['managedFields']): void {
  const error = findManagedFieldsError(object.metadata.managedFields);
  if (error === undefined) return;
  if (before === undefined) delete object.metadata.managedFields;
  else object.metadata.managedFields = before;
  request.warn(`.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: ${error}`);
}
