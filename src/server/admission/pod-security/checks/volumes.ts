import { plural, quoted, uses, type PodCheck } from './check.ts';

const ALLOWED: ReadonlySet<string> = new Set(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']);

/** Only volumes that hold the pod's own data, or data that somebody else answers for. */
export const restrictedVolumes: PodCheck = {
  id: 'restrictedVolumes',
  level: 'restricted',
  since: 0,
  overrides: ['hostPathVolumes'],
  check({ spec }) {
    const types = new Set<string>();
    const names: string[] = [];
    for (const volume of spec.volumes ?? []) {
      const sources = Object.keys(volume).filter((field) => field !== 'name' && (volume as Record<string, unknown>)[field] !== undefined);
      if (sources.some((source) => ALLOWED.has(source))) continue;
      names.push(volume.name ?? '');
      types.add(sources[0] ?? 'unknown');
    }
    if (names.length === 0) return undefined;
    return {
      reason: 'restricted volume types',
      detail: `${plural('volume', names.length)} ${quoted(names)} ${uses(names.length)} ${plural('restricted volume type', types.size)} ${quoted([...types].sort())}`,
    };
  },
};
