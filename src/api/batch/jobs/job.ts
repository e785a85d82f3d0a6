import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { LabelSelector, Loose, PodTemplateSpec } from '../../pod-template/shapes.ts';
import type * as batch from '../../types/generated/batch-v1.ts';

/** As rules see it: any field may be missing. */
export type JobSpec = Omit<Loose<batch.JobSpec>, 'selector' | 'template'> & {
  selector?: LabelSelector | undefined;
  template?: PodTemplateSpec | undefined;
};
export type JobStatus = Loose<batch.JobStatus>;

export interface Job extends KubeObject {
  spec?: JobSpec;
  status?: JobStatus;
}

export function hasTrueCondition(status: JobStatus | undefined, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

export function isIndexed(spec: JobSpec): boolean {
  return spec.completionMode === 'Indexed';
}
