import type { SchedulerHandle } from '../../framework/handle.ts';
import type { Plugin } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { Status } from '../../framework/status.ts';
import { claimVolumes, classOf, volumeStores } from './volume-stores.ts';

const TOO_MANY = Status.unschedulable('node(s) exceed max volume count');

/** A node takes no more volumes of a CSI driver than its CSINode says. */
export function nodeVolumeLimits(handle: Pick<SchedulerHandle, 'informers'>): Plugin {
  const stores = volumeStores(handle.informers);
  /** Volumes of CSI drivers that the pod uses: drivers by a name that is the same for the same volume. */
  const volumesOf = (pod: PodInfo): Map<string, string> => {
    const found = new Map<string, string>();
    for (const { key } of claimVolumes(pod)) {
      const claim = stores.claims.store.get(key);
      const volume = stores.volumes.store.get(claim?.spec?.volumeName ?? '');
      const csi = volume?.spec?.csi;
      if (csi) found.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
      else if (claim && !volume) {
        // It will be made: by whom, its class says.
        const provisioner = stores.classes.store.get(classOf(claim))?.provisioner;
        if (provisioner !== undefined) found.set(key, provisioner);
      }
    }
    return found;
  };
  return {
    name: 'NodeVolumeLimits',
    events: [
      { resource: 'CSINode', actions: ['Add', 'Update'] },
      { resource: 'AssignedPod', actions: ['Delete'], hint: (_pod, { old }) => (((old as { spec?: { volumes?: unknown[] } } | undefined)?.spec?.volumes?.length ?? 0) > 0 ? 'Queue' : 'Skip') },
      { resource: 'PersistentVolumeClaim', actions: ['Add', 'Update'], hint: (pod, { current }) => (pod.claims.includes(`${current?.metadata.namespace}/${current?.metadata.name}`) ? 'Queue' : 'Skip') },
      { resource: 'VolumeAttachment', actions: ['Delete'] },
    ],
    preFilter: (_state, { claims }) => (claims.length === 0 ? Status.skip() : undefined),
    filter: (_state, pod, { name, pods }) => {
      const limits = new Map((stores.csiNodes.store.get(name)?.spec.drivers ?? []).flatMap((driver) => (driver.allocatable?.count === undefined ? [] : [[driver.name, driver.allocatable.count] as const])));
      if (limits.size === 0) return undefined;
      const added = volumesOf(pod);
      const used = new Map(pods.filter(({ claims }) => claims.length > 0).flatMap((other) => [...volumesOf(other)]));
      for (const [driver, limit] of limits) {
        const before = [...used.values()].filter((other) => other === driver).length;
        const more = [...added].filter(([volume, other]) => other === driver && !used.has(volume)).length;
        if (more > 0 && before + more > limit) return TOO_MANY;
      }
      return undefined;
    },
  };
}
