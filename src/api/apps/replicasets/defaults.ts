import type { KubeObject } from '../../../machinery/object-meta.ts';
import { defaultWorkloadTemplate } from '../workload-template.ts';
import type { ReplicaSet } from '../workload.ts';

export function defaults(object: KubeObject): void {
  const spec = ((object as ReplicaSet).spec ??= {});
  defaultWorkloadTemplate(spec);
  spec.replicas ??= 1;
}
