import type { ReplicaSetStatus } from '../../api/types/generated/apps-v1.ts';
import type { PodTemplateSpec } from '../../api/types/generated/core-v1.ts';
import type { ApiObject, ResourceDefinition } from '../../client/resource-definition.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { LabelSelector } from '../../machinery/label-selector.ts';

/** What replica sets and replication controllers have in common: a number of pods that are all alike. */
export interface ReplicaOwner extends ApiObject {
  spec?: {
    replicas?: number;
    minReadySeconds?: number;
    selector?: object;
    template?: PodTemplateSpec;
  };
  status?: ReplicaSetStatus;
}

export type SharedReplicaOwner = DeepReadonly<ReplicaOwner>;

/** What they differ in. */
export interface ReplicaKind {
  readonly kind: string;
  readonly definition: ResourceDefinition<ReplicaOwner>;
  /** As which kube-controller-manager tells events. */
  readonly component: string;
  readonly controllerName: string;
  /** Undefined for one that selects everything, which is never meant. */
  readonly selectorOf: (owner: SharedReplicaOwner) => LabelSelector | undefined;
  /** The status counts pods that are about to end. */
  readonly tellsTerminating: boolean;
}
