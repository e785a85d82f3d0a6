import type { KubeObject } from '../../machinery/object-meta.ts';
import type * as apps from '../types/generated/apps-v1.ts';
import type { LabelSelector, Loose, PodTemplateSpec } from '../pod-template/shapes.ts';

/** A spec that makes pods of a template, as rules see it: any field may be missing. */
export type WorkloadSpec<T> = Omit<Loose<T>, 'selector' | 'template'> & {
  /** Null where a body leaves it out although the type wants it. */
  selector?: LabelSelector | null | undefined;
  template?: PodTemplateSpec | undefined;
};

export interface Deployment extends KubeObject {
  spec?: WorkloadSpec<apps.DeploymentSpec>;
  status?: Loose<apps.DeploymentStatus>;
}

export interface ReplicaSet extends KubeObject {
  spec?: WorkloadSpec<apps.ReplicaSetSpec>;
  status?: Loose<apps.ReplicaSetStatus>;
}

export interface StatefulSet extends KubeObject {
  spec?: WorkloadSpec<apps.StatefulSetSpec>;
  status?: Loose<apps.StatefulSetStatus>;
}

export interface DaemonSet extends KubeObject {
  spec?: WorkloadSpec<apps.DaemonSetSpec>;
  status?: Loose<apps.DaemonSetStatus>;
}
