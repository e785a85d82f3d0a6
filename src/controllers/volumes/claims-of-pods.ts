import type { Pod } from '../../api/types/generated/core-v1.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { SharedPod } from '../pods/pod-state.ts';

/** The index of pods by the claims that they use. */
export const CLAIM_INDEX = 'persistentVolumeClaim';

/** Makes an informer answer by `CLAIM_INDEX`; several may ask. */
export function indexByClaim(pods: Informer<Pod>): Informer<Pod> {
  if (!pods.store.hasIndex(CLAIM_INDEX)) pods.store.addIndex(CLAIM_INDEX, claimKeysOf);
  return pods;
}

/** Keys of the claims that a pod uses, also those made for it. */
export function claimKeysOf({ metadata, spec }: SharedPod): string[] {
  const { namespace = '', name: podName = '' } = metadata;
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return [`${namespace}/${persistentVolumeClaim.claimName}`];
    return ephemeral ? [`${namespace}/${podName}-${name}`] : [];
  });
}
