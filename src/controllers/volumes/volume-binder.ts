import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeStatus, Pod } from '../../api/types/generated/core-v1.ts';
import type { StorageClass } from '../../api/types/generated/storage-v1.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { objectKey } from '../../client/resource-definition.ts';
import { cloneJson } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import { hasEnded } from '../pods/pod-state.ts';
import { CLAIM_INDEX } from './claims-of-pods.ts';
import { boundClaim, claimedVolume, claimStatus, provisionedClaim, unclaimedVolume } from './binding.ts';
import { computeClaim, type EventText } from './compute-claim.ts';
import { computeReclaim, computeVolume } from './compute-volume.ts';
import { isBoundTo, type SharedClaim, type SharedVolume } from './volume-match.ts';

export interface BinderParts {
  readonly volumes: Informer<PersistentVolume>;
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly classes: Informer<StorageClass>;
  readonly pods: Informer<Pod>;
  readonly events: EventRecorder;
  /** A claim is to be looked at. */
  readonly wakeClaim: (key: string) => void;
}

/** Carries out what is decided about claims and volumes. Calls must not overlap: each counts on what the one before chose. */
export class VolumeBinder {
  readonly #parts: BinderParts;
  readonly #volumes: ResourceClient<PersistentVolume>;
  readonly #claims: ResourceClient<PersistentVolumeClaim>;

  constructor(parts: BinderParts) {
    this.#parts = parts;
    this.#volumes = parts.volumes.resource;
    this.#claims = parts.claims.resource;
  }

  async syncClaim(claim: SharedClaim, signal: AbortSignal): Promise<void> {
    const { volumes, classes } = this.#parts;
    const decision = computeClaim({
      claim,
      volumeNamed: (name) => volumes.store.get(name),
      volumes: () => volumes.store.all(),
      classNamed: (name) => classes.store.get(name),
      classes: () => classes.store.all(),
      waitingPods: () => this.#waitingPods(claim),
    });
    switch (decision.type) {
      case 'bind':
        return this.#bind(decision.volume, claim, signal);
      case 'wait':
        this.#tell(claim, decision.event);
        return this.#writeClaimStatus(claim, 'Pending', { signal });
      case 'lost':
        if (claim.status?.phase !== 'Lost') this.#tell(claim, decision.event);
        return this.#writeClaimStatus(claim, 'Lost', { signal });
      case 'provision':
        return this.#awaitProvisioner(claim, decision.provisioner, signal);
      case 'assignClass': {
        const copy = cloneJson(claim) as PersistentVolumeClaim;
        await this.#claims.update({ ...copy, spec: { ...copy.spec, storageClassName: decision.storageClass } }, { signal });
        return;
      }
      case 'fail':
        this.#tell(claim, decision.event);
        throw new Error(decision.message);
    }
  }

  async syncVolume(volume: SharedVolume, signal: AbortSignal): Promise<void> {
    const claim = await this.#claimOf(volume, signal);
    const decision = computeVolume(volume, claim);
    const { name = '' } = volume.metadata;
    switch (decision.type) {
      case 'phase':
        await this.#writePhase(volume, decision.phase, signal);
        return;
      case 'claim':
        if (claim) this.#parts.wakeClaim(objectKey(claim));
        return;
      case 'modesDiffer':
        if (!claim) return;
        this.#tell(volume, { type: 'Warning', reason: 'VolumeMismatch', message: `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name ?? ''}" due to incompatible volumeMode.` });
        this.#tell(claim, { type: 'Warning', reason: 'VolumeMismatch', message: `Cannot bind PersistentVolume "${name}" to requested PersistentVolumeClaim due to incompatible volumeMode.` });
        return;
      case 'release':
        return this.#release(volume, signal);
      case 'unbind':
        await this.#writePhase(await this.#volumes.update(unclaimedVolume(volume), { signal }), 'Available', signal);
        return;
    }
  }

  /** From either side, in any state in between, to where both name each other and say that they are bound. */
  async #bind(volume: SharedVolume, claim: SharedClaim, signal: AbortSignal): Promise<void> {
    const claimed = claimedVolume(volume, claim);
    const held = await this.#writePhase(claimed ? await this.#volumes.update(claimed, { signal }) : volume, 'Bound', signal);
    const bound = boundClaim(claim, held);
    await this.#writeClaimStatus(bound ? await this.#claims.update(bound, { signal }) : claim, 'Bound', { volume: held, signal });
  }

  async #release(volume: SharedVolume, signal: AbortSignal): Promise<void> {
    const { phase } = volume.status ?? {};
    // A failure stays visible.
    const released = phase === 'Failed' ? volume : await this.#writePhase(volume, 'Released', signal);
    const reclaim = computeReclaim(released);
    if (reclaim.type === 'keep' || phase === 'Failed') return;
    await this.#writePhase(released, 'Failed', signal, reclaim.message);
    this.#tell(released, { type: 'Warning', reason: reclaim.reason, message: reclaim.message });
  }

  async #awaitProvisioner(claim: SharedClaim, provisioner: string, signal: AbortSignal): Promise<void> {
    const wanted = provisionedClaim(claim, provisioner);
    const written = wanted ? await this.#claims.update(wanted, { signal }) : claim;
    const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    this.#tell(written, { type: 'Normal', reason: 'ExternalProvisioning', message });
  }

  /** What a volume's reference leads to. An informer may lag behind what somebody else bound: the server is asked before a volume is released. */
  async #claimOf({ spec, status }: SharedVolume, signal: AbortSignal): Promise<SharedClaim | undefined> {
    const { namespace = '', name = '', uid = '' } = spec?.claimRef ?? {};
    if (uid === '') return undefined;
    const known = this.#parts.claims.store.get(`${namespace}/${name}`);
    if (known?.metadata.uid === uid) return known;
    if (status?.phase === 'Released' || status?.phase === 'Failed') return undefined;
    try {
      const live = await this.#claims.inNamespace(namespace).get(name, { signal });
      return live.metadata.uid === uid ? live : undefined;
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async #writePhase(volume: SharedVolume, phase: NonNullable<PersistentVolumeStatus['phase']>, signal: AbortSignal, message?: string): Promise<SharedVolume> {
    if (volume.status?.phase === phase) return volume;
    const copy = cloneJson(volume) as PersistentVolume;
    const { message: _, ...status } = copy.status ?? {};
    return this.#volumes.updateStatus({ ...copy, status: { ...status, phase, ...(message !== undefined && { message }) } }, { signal });
  }

  async #writeClaimStatus(claim: SharedClaim, phase: 'Pending' | 'Bound' | 'Lost', { volume, signal }: { readonly volume?: SharedVolume; readonly signal: AbortSignal }): Promise<void> {
    const status = claimStatus(claim, phase, volume && isBoundTo(volume, claim) ? volume : undefined);
    if (status) await this.#claims.updateStatus({ ...(cloneJson(claim) as PersistentVolumeClaim), status }, { signal });
  }

  #waitingPods({ metadata }: SharedClaim): string[] {
    const using = this.#parts.pods.store.byIndex(CLAIM_INDEX, `${metadata.namespace ?? ''}/${metadata.name ?? ''}`);
    return using.filter((pod) => !hasEnded(pod) && (pod.spec?.nodeName ?? '') === '').map((pod) => pod.metadata.name ?? '');
  }

  #tell(subject: SharedClaim | SharedVolume, event: EventText | undefined): void {
    if (event) this.#parts.events.event(subject, event.type, event.reason, event.message);
  }
}
