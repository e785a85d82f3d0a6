import type { StorageClass } from '../../api/types/generated/storage-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { EventType } from '../../runtime/event-recorder.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, SELECTED_NODE } from './annotations.ts';
import { classOf, findBestMatch, isBoundTo, mismatch, type SharedClaim, type SharedVolume } from './volume-match.ts';

export type SharedClass = DeepReadonly<StorageClass>;

export interface ClaimObservation {
  readonly claim: SharedClaim;
  readonly volumeNamed: (name: string) => SharedVolume | undefined;
  readonly volumes: () => readonly SharedVolume[];
  readonly classNamed: (name: string) => SharedClass | undefined;
  readonly classes: () => readonly SharedClass[];
  /** Names of pods that use the claim and have no node yet. */
  readonly waitingPods: () => readonly string[];
}

export interface EventText {
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
}

export type ClaimDecision =
  | { readonly type: 'bind'; readonly volume: SharedVolume }
  | { readonly type: 'wait'; readonly event?: EventText }
  /** The volume of a claim that was bound is gone, or another's. */
  | { readonly type: 'lost'; readonly event: EventText }
  /** Somebody outside makes a volume. */
  | { readonly type: 'provision'; readonly provisioner: string }
  | { readonly type: 'assignClass'; readonly storageClass: string }
  | { readonly type: 'fail'; readonly event: EventText; readonly message: string };

/** What is to be done about a claim. */
export function computeClaim(observation: ClaimObservation): ClaimDecision {
  const { claim } = observation;
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return boundClaim(observation);
  return (claim.spec?.volumeName ?? '') === '' ? openClaim(observation) : choosyClaim(observation);
}

function boundClaim({ claim, volumeNamed }: ClaimObservation): ClaimDecision {
  const { volumeName = '' } = claim.spec ?? {};
  if (volumeName === '') return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  const volume = volumeNamed(volumeName);
  if (!volume) return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  const { claimRef } = volume.spec ?? {};
  if (claimRef && claimRef.uid !== claim.metadata.uid) return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
  return { type: 'bind', volume };
}

/** It names a volume, and was not bound yet. */
function choosyClaim({ claim, volumeNamed }: ClaimObservation): ClaimDecision {
  const { volumeName = '' } = claim.spec ?? {};
  const volume = volumeNamed(volumeName);
  if (!volume) return { type: 'wait' };
  const { claimRef } = volume.spec ?? {};
  if (!claimRef) {
    const why = mismatch(volume, claim);
    return why === undefined ? { type: 'bind', volume } : { type: 'wait', event: { type: 'Warning', reason: 'VolumeMismatch', message: `Cannot bind to requested volume "${volumeName}": ${why}` } };
  }
  if (isBoundTo(volume, claim)) return { type: 'bind', volume };
  const event: EventText = { type: 'Warning', reason: 'FailedBinding', message: `volume "${volumeName}" already bound to a different claim.` };
  if (claim.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined) return { type: 'wait', event };
  const { namespace = '', name = '' } = claim.metadata;
  return { type: 'fail', event, message: `invalid binding of claim "${namespace}/${name}" to volume "${volumeName}": volume already claimed by "${claimRef.namespace ?? ''}/${claimRef.name ?? ''}"` };
}

function openClaim(observation: ClaimObservation): ClaimDecision {
  const { claim, volumes, classNamed, classes, waitingPods } = observation;
  const className = classOf(claim);
  const storageClass = className === '' ? undefined : classNamed(className);
  const delayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && claim.metadata.annotations?.[SELECTED_NODE] === undefined;
  const volume = findBestMatch(claim, volumes(), { reservedOnly: storageClass?.volumeBindingMode === 'WaitForFirstConsumer' });
  if (volume) return { type: 'bind', volume };
  if (claim.spec?.storageClassName === undefined && className === '') {
    const chosen = defaultClass(classes());
    if (chosen) return { type: 'assignClass', storageClass: chosen.metadata.name ?? '' };
  }
  if (delayed) return { type: 'wait', event: waitText(waitingPods()) };
  if (className === '') return { type: 'wait', event: { type: 'Normal', reason: 'FailedBinding', message: 'no persistent volumes available for this claim and no storage class is set' } };
  const failed = (message: string): ClaimDecision => ({ type: 'wait', event: { type: 'Warning', reason: 'ProvisioningFailed', message } });
  if (!storageClass) return failed(`storageclass.storage.k8s.io "${className}" not found`);
  const { provisioner } = storageClass;
  // Provisioners of these names would be this control loop's own; it has none.
  return provisioner.startsWith('kubernetes.io/') ? failed(`no volume plugin matched name: ${provisioner}`) : { type: 'provision', provisioner };
}

function waitText(pods: readonly string[]): EventText {
  if (pods.length === 0) return { type: 'Normal', reason: 'WaitForFirstConsumer', message: 'waiting for first consumer to be created before binding' };
  const who = pods.length === 1 ? `pod ${pods[0]}` : `pods ${pods.join(',')}`;
  return { type: 'Normal', reason: 'WaitForPodScheduled', message: `waiting for ${who} to be scheduled` };
}

/** Of several the newest; of those equally old the first by name. */
function defaultClass(classes: readonly SharedClass[]): SharedClass | undefined {
  const marked = classes.filter(({ metadata }) => ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'].some((key) => metadata.annotations?.[key] === 'true'));
  const created = ({ metadata }: SharedClass): number => Date.parse(metadata.creationTimestamp ?? '') || 0;
  return marked.toSorted((a, b) => created(b) - created(a) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))[0];
}

function lost(reason: string, message: string): ClaimDecision {
  return { type: 'lost', event: { type: 'Warning', reason, message } };
}
