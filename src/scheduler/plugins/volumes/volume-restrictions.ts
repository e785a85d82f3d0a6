import type { Volume } from '../../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import { StateKey } from '../../framework/cycle-state.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { SharedPod } from '../../framework/objects.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { PodInfo } from '../../framework/pod-info.ts';
import { Status } from '../../framework/status.ts';
import { claimVolumes, volumeStores } from './volume-stores.ts';

const DISK_IN_USE = Status.unschedulable('node(s) had no available disk');
const CLAIM_IN_USE = Status.unschedulable('node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode');

type SharedPodVolume = DeepReadonly<Volume>;

/** Claims of `ReadWriteOncePod`, and disks of some kinds, are not shared by pods. */
export function volumeRestrictions(handle: Pick<SchedulerHandle, 'informers' | 'nodes'>): Plugin {
  const { claims } = volumeStores(handle.informers);
  /** Claims that one pod alone may use. */
  const exclusiveKey = new StateKey<readonly string[]>('VolumeRestrictions');
  return {
    name: 'VolumeRestrictions',
    events: [
      { resource: 'AssignedPod', actions: ['Delete'], hint: (pod, { old }) => (sharesVolumes(pod, old as SharedPod) ? 'Queue' : 'Skip') },
      { resource: 'PersistentVolumeClaim', actions: ['Add', 'Update'], hint: (pod, { current }) => (pod.claims.includes(`${current?.metadata.namespace}/${current?.metadata.name}`) ? 'Queue' : 'Skip') },
      { resource: 'Node', actions: ['Add', 'UpdateNodeTaint'] },
    ],
    preFilter: (state, pod) => {
      const disks = (pod.pod.spec?.volumes ?? []).some(isExclusiveDisk);
      if (!disks && pod.claims.length === 0) return Status.skip();
      const exclusive: string[] = [];
      for (const { key, name } of claimVolumes(pod)) {
        const claim = claims.store.get(key);
        if (!claim) return Status.unresolvable(`persistentvolumeclaim ${JSON.stringify(name)} not found`);
        if (claim.spec?.accessModes?.includes('ReadWriteOncePod') === true) exclusive.push(key);
      }
      if (!disks && exclusive.length === 0) return Status.skip();
      state.set(exclusiveKey, exclusive);
      return undefined;
    },
    filter: (state, { pod }, node) => {
      const own = (pod.spec?.volumes ?? []).filter(isExclusiveDisk);
      if (own.length > 0 && node.pods.some((other) => other.pod.spec?.volumes?.some((volume) => own.some((mine) => conflict(mine, volume))) === true)) return DISK_IN_USE;
      // Wherever the other pod is, this one cannot use the claim; on its node, its end would help.
      const exclusive = state.get(exclusiveKey) ?? [];
      return exclusive.some((claim) => node.usesClaim(claim)) ? CLAIM_IN_USE : undefined;
    },
  };
}

function sharesVolumes(pod: PodInfo, gone: SharedPod): boolean {
  const other = new PodInfo(gone);
  return other.claims.some((claim) => pod.claims.includes(claim)) || (pod.pod.spec?.volumes ?? []).some((mine) => gone.spec?.volumes?.some((theirs) => conflict(mine, theirs)) === true);
}

function isExclusiveDisk(volume: SharedPodVolume): boolean {
  return (volume.gcePersistentDisk ?? volume.awsElasticBlockStore ?? volume.rbd ?? volume.iscsi) !== undefined;
}

/** The same disk twice, unless both only read it where that is possible. */
function conflict(a: SharedPodVolume, b: SharedPodVolume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk) return a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName && !(a.gcePersistentDisk.readOnly === true && b.gcePersistentDisk.readOnly === true);
  if (a.awsElasticBlockStore && b.awsElasticBlockStore) return a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID;
  if (a.iscsi && b.iscsi) return a.iscsi.iqn === b.iscsi.iqn && !(a.iscsi.readOnly === true && b.iscsi.readOnly === true);
  if (a.rbd && b.rbd) {
    const theirs = new Set(b.rbd.monitors);
    return a.rbd.monitors.some((monitor) => theirs.has(monitor)) && a.rbd.pool === b.rbd.pool && a.rbd.image === b.rbd.image && !(a.rbd.readOnly === true && b.rbd.readOnly === true);
  }
  return false;
}
