import { StateKey } from '../../framework/cycle-state.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { Status } from '../../framework/status.ts';
import { volumeStores, claimVolumes } from './volume-stores.ts';

/** Each with its older name: a volume that has the one stands where a node has the other. */
const TOPOLOGY_LABELS = [
  ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
] as const;

const ELSEWHERE = Status.unresolvable('node(s) had no available volume zone');

interface ZoneDemand {
  readonly names: readonly string[];
  readonly values: ReadonlySet<string>;
}

/** Pods go to the zone and region of their volumes, where the volumes' labels say it. */
export function volumeZone(handle: Pick<SchedulerHandle, 'informers'>): Plugin {
  const { claims, volumes } = volumeStores(handle.informers);
  const key = new StateKey<readonly ZoneDemand[]>('VolumeZone');
  return {
    name: 'VolumeZone',
    events: [
      { resource: 'PersistentVolumeClaim', actions: ['Add', 'Update'] },
      { resource: 'PersistentVolume', actions: ['Add', 'Update'] },
      { resource: 'StorageClass', actions: ['Add'] },
      { resource: 'Node', actions: ['Add', 'UpdateNodeLabel', 'UpdateNodeTaint'] },
    ],
    preFilter: (state, pod) => {
      const demands: ZoneDemand[] = [];
      for (const volume of claimVolumes(pod)) {
        const { labels = {} } = volumes.store.get(claims.store.get(volume.key)?.spec?.volumeName ?? '')?.metadata ?? {};
        for (const names of TOPOLOGY_LABELS) {
          for (const name of names) {
            const value = labels[name];
            // A volume in several zones lists them.
            if (value !== undefined) demands.push({ names, values: new Set(value.split('__')) });
          }
        }
      }
      if (demands.length === 0) return Status.skip();
      state.set(key, demands);
      return undefined;
    },
    filter: (state, _pod, { labels }) => {
      // A node that says nothing of where it is may be anywhere.
      if (!TOPOLOGY_LABELS.flat().some((name) => labels[name] !== undefined)) return undefined;
      const fits = (state.get(key) ?? []).every(({ names, values }) => names.some((name) => labels[name] !== undefined && values.has(labels[name])));
      return fits ? undefined : ELSEWHERE;
    },
  };
}
