import type { PersistentVolumeSpec } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { PROVISIONED_BY } from './annotations.ts';
import { modesDiffer, type SharedClaim, type SharedVolume } from './volume-match.ts';

export type VolumeDecision =
  | { readonly type: 'phase'; readonly phase: 'Available' | 'Bound' }
  /** The claim is to be looked at: it makes the binding complete. */
  | { readonly type: 'claim' }
  | { readonly type: 'modesDiffer' }
  /** Its claim is gone. */
  | { readonly type: 'release' }
  /** Its claim has another volume. */
  | { readonly type: 'unbind' };

/** What is to be done about a volume. `claim` is what the volume's reference leads to, undefined when that is another by now. */
export function computeVolume(volume: SharedVolume, claim: SharedClaim | undefined): VolumeDecision {
  const { claimRef, persistentVolumeReclaimPolicy } = volume.spec ?? {};
  if (!claimRef || (claimRef.uid ?? '') === '') return { type: 'phase', phase: 'Available' };
  if (!claim) return { type: 'release' };
  const { volumeName = '' } = claim.spec ?? {};
  if (volumeName === '') return { type: modesDiffer(volume, claim) ? 'modesDiffer' : 'claim' };
  if (volumeName === volume.metadata.name) return { type: 'phase', phase: 'Bound' };
  const superfluous = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined && persistentVolumeReclaimPolicy === 'Delete';
  return { type: superfluous ? 'release' : 'unbind' };
}

export type Reclaim =
  | { readonly type: 'keep' }
  | { readonly type: 'fail'; readonly reason: 'VolumeFailedDelete' | 'VolumeFailedRecycle'; readonly message: string };

/**
 * What becomes of a released volume. Volumes of outside provisioners are theirs to delete. This control loop cannot reach
 * what volumes keep their data on, so that it deletes and recycles none itself, and says so as Kubernetes does of volumes
 * that it has no plugin for.
 */
export function computeReclaim({ metadata, spec }: SharedVolume): Reclaim {
  const { name = '' } = metadata;
  switch (spec?.persistentVolumeReclaimPolicy) {
    case 'Delete': {
      const provisioner = metadata.annotations?.[PROVISIONED_BY] ?? '';
      if (provisioner !== '' && !provisioner.startsWith('kubernetes.io/')) return { type: 'keep' };
      return { type: 'fail', reason: 'VolumeFailedDelete', message: whyNotDeleted(name, spec) };
    }
    case 'Recycle':
      return { type: 'fail', reason: 'VolumeFailedRecycle', message: 'No recycler plugin found for the volume!' };
    default:
      return { type: 'keep' };
  }
}

function whyNotDeleted(name: string, { hostPath }: DeepReadonly<PersistentVolumeSpec>): string {
  if (hostPath && !/^\/tmp\/.+/.test(hostPath.path)) return `failed to create deleter for volume "${name}": host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`;
  return `error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`;
}
