import type { PersistentVolumeClaim, Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { Client } from '../../client/client.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { cloneJson, type JsonValue } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { isNamespaceTerminating } from '../unless-terminating.ts';
import { computeClaimOwners, isStale, type SharedClaim } from './claim-retention.ts';
import { claimNames, hasClaimVolumes, hasIdentity, identityLabels, podName, withClaimVolumes, type SharedStatefulSet } from './stateful-identity.ts';
import { statefulClaims, statefulPod, type TemplateRevision } from './stateful-pods.ts';

/** Makes, repairs and deletes pods of sets together with their claims, and tells events about it at the set. */
export class StatefulPodControl {
  readonly #client: Client;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #events: EventRecorder;

  constructor(client: Client, claims: Informer<PersistentVolumeClaim>, events: EventRecorder) {
    this.#client = client;
    this.#claims = claims;
    this.#events = events;
  }

  /** A claim of the number belongs to a pod that is gone. */
  hasStaleClaim(set: SharedStatefulSet, ordinal: number): boolean {
    return this.#claimsOf(set, ordinal).some((claim) => isStale(set, claim, podName(set, ordinal), undefined));
  }

  /** The claims come first, since the pod cannot start without. */
  async create(set: SharedStatefulSet, ordinal: number, revision: TemplateRevision): Promise<void> {
    const pod = statefulPod(set, ordinal, revision);
    await this.ensureClaims(set, ordinal);
    const created = await this.#tell(set, 'Create', podName(set, ordinal), async () => {
      try {
        return await this.#pods(set).create(pod);
      } catch (error) {
        if (isNamespaceTerminating(error)) return undefined;
        throw error;
      }
    });
    if (created) await this.retainClaims(set, ordinal, created);
  }

  /** Another is made when this one is gone. */
  async recreate(set: SharedStatefulSet, pod: SharedPod): Promise<void> {
    const { namespace = '', name = '' } = set.metadata;
    const failed = pod.status?.phase === 'Failed';
    const message = `StatefulSet ${namespace}/${name} is recreating ${failed ? 'failed' : 'terminated'} Pod ${pod.metadata.name ?? ''}`;
    this.#events.event(set, failed ? 'Warning' : 'Normal', failed ? 'RecreatingFailedPod' : 'RecreatingTerminatedPod', message);
    await this.delete(set, pod);
  }

  async delete(set: SharedStatefulSet, { metadata }: SharedPod): Promise<void> {
    const { name = '', uid = '' } = metadata;
    await this.#tell(set, 'Delete', name, async () => {
      try {
        return await this.#pods(set).delete(name, { preconditions: { uid } });
      } catch (error) {
        if (hasReason(error, 'NotFound') || hasReason(error, 'Conflict')) return undefined;
        throw error;
      }
    });
  }

  /** Labels, volumes and claims as the set wants them. */
  async repair(set: SharedStatefulSet, ordinal: number, pod: SharedPod): Promise<void> {
    const sameVolumes = hasClaimVolumes(set, ordinal, pod);
    if (!sameVolumes) await this.ensureClaims(set, ordinal);
    await this.retainClaims(set, ordinal, pod);
    if (sameVolumes && hasIdentity(set, ordinal, pod)) return;
    const copy = withClaimVolumes(set, ordinal, cloneJson(pod) as Pod);
    const updated = { ...copy, metadata: { ...copy.metadata, labels: { ...copy.metadata.labels, ...identityLabels(set, ordinal) } } };
    await this.#tell(set, 'Update', podName(set, ordinal), () => this.#pods(set).update(updated));
  }

  async ensureClaims(set: SharedStatefulSet, ordinal: number): Promise<void> {
    const { name: setName = '', namespace = '' } = set.metadata;
    for (const claim of statefulClaims(set, ordinal)) {
      const name = claim.metadata.name ?? '';
      const known = this.#claims.store.get(`${namespace}/${name}`);
      if (known?.metadata.deletionTimestamp !== undefined) throw new Error(`pvc ${name} is being deleted`);
      if (known) continue;
      const subject = `Claim ${name} Pod ${podName(set, ordinal)} in StatefulSet ${setName}`;
      try {
        await this.#client.resource<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims).create(claim);
        this.#events.event(set, 'Normal', 'SuccessfulCreate', `Create ${subject} success`);
      } catch (error) {
        if (hasReason(error, 'AlreadyExists')) continue;
        if (!isNamespaceTerminating(error)) this.#events.event(set, 'Warning', 'FailedCreate', `Create ${subject.replace(' Pod ', ' for Pod ')} failed error: ${messageOf(error)}`);
        throw error;
      }
    }
  }

  /** Claims belong to whom the retention policy says. */
  async retainClaims(set: SharedStatefulSet, ordinal: number, pod: SharedPod): Promise<void> {
    for (const claim of this.#claimsOf(set, ordinal)) {
      const ownerReferences = computeClaimOwners(set, claim, { ordinal, pod });
      if (!ownerReferences) continue;
      const { name = '', namespace = '', uid = '', resourceVersion = '' } = claim.metadata;
      const patch = { metadata: { uid, resourceVersion, ownerReferences } } as unknown as JsonValue;
      try {
        await this.#client.resource<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims).inNamespace(namespace).patch(name, 'merge', patch);
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
    }
  }

  #claimsOf(set: SharedStatefulSet, ordinal: number): SharedClaim[] {
    const { namespace = '' } = set.metadata;
    return [...claimNames(set, ordinal).values()].flatMap((name) => this.#claims.store.get(`${namespace}/${name}`) ?? []);
  }

  #pods({ metadata }: SharedStatefulSet): ResourceClient<Pod> {
    return this.#client.resource<Pod>(BUILTIN.pods).inNamespace(metadata.namespace ?? '');
  }

  /** What answers undefined did nothing, and is not told. */
  async #tell<T>(set: SharedStatefulSet, verb: string, pod: string, act: () => Promise<T>): Promise<T> {
    const what = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name ?? ''}`;
    try {
      const result = await act();
      if (result !== undefined) this.#events.event(set, 'Normal', `Successful${verb}`, `${what} successful`);
      return result;
    } catch (error) {
      // An earlier run's, whose answer was lost, or somebody else's: it is tried again until the name is free, or shown.
      if (!hasReason(error, 'AlreadyExists')) this.#events.event(set, 'Warning', `Failed${verb}`, `${what} failed error: ${messageOf(error)}`);
      throw error;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
