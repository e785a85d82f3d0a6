import type { EndpointSlice } from '../../api/types/generated/discovery-v1.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { SharedSlice } from './compute-slices.ts';

/** Which service a slice belongs to, and who keeps it. */
export const SERVICE_LABEL = 'kubernetes.io/service-name';
export const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';

const INDEX = 'service';

/** Makes an informer answer `slicesOf`; several may ask. */
export function indexSlices(informer: Informer<EndpointSlice>): Informer<EndpointSlice> {
  if (!informer.store.hasIndex(INDEX)) {
    informer.store.addIndex(INDEX, ({ metadata }) => {
      const name = metadata.labels?.[SERVICE_LABEL];
      return name === undefined ? [] : [`${metadata.namespace ?? ''}/${name}`];
    });
  }
  return informer;
}

/** A service's slices that the manager keeps and that are not on their way out. */
export function slicesOf(informer: Informer<EndpointSlice>, serviceKey: string, manager: string): SharedSlice[] {
  return informer.store.byIndex(INDEX, serviceKey).filter(({ metadata }) => metadata.labels?.[MANAGED_BY_LABEL] === manager && metadata.deletionTimestamp === undefined);
}
