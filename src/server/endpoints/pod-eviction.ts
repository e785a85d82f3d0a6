import type { Facts } from '../../api/facts/facts.ts';
import { setCondition } from '../../api/core/pods/binding.ts';
import { decideEviction, type DisruptionBudget } from '../../api/core/pods/eviction.ts';
import type { Pod } from '../../api/core/pods/pod.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson, isJsonObject, type JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, conflict, hasReason } from '../../machinery/status-error.ts';
import { AdmissionChain } from '../admission/admission-chain.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { adoptNamespace } from '../registry/create.ts';
import { deleteObject } from '../registry/delete.ts';
import type { Outcome } from '../registry/outcome.ts';
import { parseDeleteOptions, parseWriteOptions, writeOptionsJson, type DeleteOptions, type WriteOptions } from '../registry/request-options.ts';
import { updateObject } from '../registry/update.ts';
import { admissionRequest, contention } from '../registry/write-support.ts';
import { createdStatus } from './created-status.ts';
import { changeStored, freshCache, readStored, storedType } from './stored-objects.ts';
import { readTypedBody } from './typed-body.ts';

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };
const VERSIONS = [EVICTION, { group: 'policy', version: 'v1beta1' }] as const;
/** How often a decision is made anew because the budget changed meanwhile. */
const MAX_DECISIONS = 20;

interface Eviction {
  readonly context: RegistryContext;
  readonly call: ApiCall;
  readonly namespace: string;
  readonly name: string;
  readonly deletion: DeleteOptions;
}

/**
 * POST of an Eviction to `pods/eviction`: deletes the pod if its disruption budget has room for that, which is then
 * spent first. What an eviction does in other resources' names is not admitted again.
 */
export async function evictPod(facts: Facts, context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const options = parseWriteOptions('CreateOptions', call.query, false);
  const object = await readTypedBody(facts, { context, call, options }, { kind: 'Eviction', versions: VERSIONS });
  adoptNamespace(call, object);
  const { dryRun } = options;
  const admission = {
    ...admissionRequest(call, 'CREATE', {
      name: call.info.name,
      object,
      dryRun,
      options: writeOptionsJson(options),
    }),
    kind: EVICTION,
  };
  await context.admission.admit(admission);
  const name = object.metadata.name ?? '';
  if (name !== call.info.name) throw badRequest('name in URL does not match name in Eviction object');
  const deletion = deletionOf(object, options);
  const eviction: Eviction = { context: { ...context, admission: new AdmissionChain([]) }, call, namespace: call.info.namespace, name, deletion };
  await readStored(context, storedType(context, '', 'pods').storage, eviction);
  await context.admission.validate(admission);
  for (let attempt = 0; attempt < MAX_DECISIONS; attempt++) {
    const seen = await decide(eviction);
    if (await evict(eviction, seen)) return createdStatus();
  }
  throw contention(name);
}

function deletionOf(object: KubeObject, { dryRun }: WriteOptions): DeleteOptions {
  const stated = object['deleteOptions'];
  const json = isJsonObject(stated) ? stated : undefined;
  const statedDryRun = Array.isArray(json?.['dryRun']) ? (json['dryRun'] as unknown[]) : [];
  const asked = dryRun ? ['All'] : [];
  if (statedDryRun.length > 0 && asked.length > 0 && statedDryRun.join(' ') !== asked.join(' ')) {
    throw badRequest(`Non-matching dry-run options in request and content: [${asked.join(' ')}] and [${statedDryRun.join(' ')}]`);
  }
  const deletion = parseDeleteOptions(json && ({ ...json } as JsonObject), new URLSearchParams());
  return { ...deletion, dryRun: dryRun || deletion.dryRun };
}

/**
 * Refuses, or takes what the eviction costs off the pod's budget. Where the pod may go without, its version is what the
 * decision holds for: by the next one it may have begun to serve.
 */
async function decide(eviction: Eviction): Promise<string | undefined> {
  const { context, namespace } = eviction;
  const pods = storedType(context, '', 'pods').storage;
  const budgets = storedType(context, 'policy', 'poddisruptionbudgets').storage;
  for (let attempt = 0; ; attempt++) {
    const pod = (await readStored(context, pods, eviction)) as KubeObject;
    const inNamespace: DisruptionBudget[] = [];
    for (const item of (await freshCache(context, budgets)).range(`${namespace}/`)) inNamespace.push(item.object() as DisruptionBudget);
    const decision = decideEviction(pod, inNamespace, context.clock.now());
    if (decision.type === 'evict') return pod.metadata.resourceVersion;
    if (decision.type === 'refuse') throw decision.error;
    try {
      await writeBudget(eviction, decision.budget);
      return undefined;
    } catch (error) {
      if (!hasReason(error, 'Conflict') || attempt >= MAX_DECISIONS) throw error;
    }
  }
}

/** As an update of the budget's status, which fails with a Conflict when the budget changed since it was read. */
async function writeBudget({ context, call, namespace, deletion }: Eviction, budget: DisruptionBudget): Promise<void> {
  const type = storedType(context, 'policy', 'poddisruptionbudgets');
  await type.storage.load?.();
  const { name = '' } = budget.metadata;
  const info = { ...call.info, verb: 'update', group: type.group, version: type.version, resource: type.resource, subresource: 'status', namespace, name };
  await updateObject(context, { ...call, type, info, warn: () => undefined, annotate: (key, value) => call.annotate(key, value) }, {
    make: () => cloneJson(budget),
    allowCreate: false,
    claim: true,
    conditional: true,
    options: { kind: 'UpdateOptions', dryRun: deletion.dryRun, fieldManager: 'kube-apiserver', fieldValidation: 'Ignore', force: undefined },
  });
}

/** Says in the pod's status why it goes, and deletes it. False when it is no longer as it was `seen`. */
async function evict({ context, call, namespace, name, deletion }: Eviction, seen: string | undefined): Promise<boolean> {
  const type = storedType(context, '', 'pods');
  let options = deletion;
  if (!deletion.dryRun) {
    try {
      await changeStored(context, type.storage, { namespace, name }, (pod) => {
        checkPreconditions(pod, deletion);
        if (seen !== undefined && pod.metadata.resourceVersion !== seen) throw new PodChanged();
        setCondition(pod as Pod, {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'EvictionByEvictionAPI',
          message: 'Eviction API: evicting',
          lastTransitionTime: formatTime(context.clock.now()),
        });
      });
    } catch (error) {
      if (error instanceof PodChanged) return false;
      throw error;
    }
    // The version that was asked for has just been replaced by the eviction itself.
    const { uid } = deletion.preconditions ?? {};
    options = { ...deletion, preconditions: uid === undefined ? undefined : { uid } };
  }
  const info = { ...call.info, verb: 'delete', subresource: '', name };
  await deleteObject(context, { ...call, type, info, warn: (text) => call.warn(text), annotate: (key, value) => call.annotate(key, value) }, name, options);
  return true;
}

class PodChanged extends Error {}

function checkPreconditions(pod: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid = '', resourceVersion = '' } = preconditions ?? {};
  const { name = '', uid: actualUid = '', resourceVersion: actualVersion = '' } = pod.metadata;
  const subject = { group: '', resource: 'Pod' };
  if (uid !== '' && uid !== actualUid) {
    throw conflict(subject, name, `the UID in the precondition (${uid}) does not match the UID in record (${actualUid}). The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== '' && resourceVersion !== actualVersion) {
    throw conflict(subject, name, `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${actualVersion}). The object might have been modified`);
  }
}
