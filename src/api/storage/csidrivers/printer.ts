import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { CsiDriver } from '../shapes.ts';

export function cells(object: KubeObject, context: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const { metadata, spec = {} } = object as CsiDriver;
  const { attachRequired = true, podInfoOnMount = false, storageCapacity = false, tokenRequests, requiresRepublish = false, volumeLifecycleModes = [] } = spec;
  return [
    metadata.name ?? '',
    attachRequired,
    podInfoOnMount,
    storageCapacity,
    tokenRequests === undefined ? '<unset>' : tokenRequests.map((request) => request.audience ?? '').join(','),
    requiresRepublish,
    volumeLifecycleModes.length === 0 ? '<none>' : volumeLifecycleModes.join(','),
    ageOf(object, context.nowMs),
  ];
}
