import { getOwn, type DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';

/** The storage class that a claim names: by the annotation of old, or by its field; '' for none. */
export function claimClassOf(claim: DeepReadonly<KubeObject>): string {
  const { annotations } = claim.metadata;
  const annotated = annotations && getOwn(annotations, 'volume.beta.kubernetes.io/storage-class');
  return annotated ?? (claim['spec'] as { storageClassName?: string } | undefined)?.storageClassName ?? '';
}
