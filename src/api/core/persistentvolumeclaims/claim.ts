import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type { ClaimSpec } from '../../pod-template/validate-claim-spec.ts';
import type * as v1 from '../../types/generated/core-v1.ts';

export interface PersistentVolumeClaim extends KubeObject {
  spec?: ClaimSpec;
  status?: Loose<v1.PersistentVolumeClaimStatus>;
}
