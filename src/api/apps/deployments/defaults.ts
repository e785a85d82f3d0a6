import type { KubeObject } from '../../../machinery/object-meta.ts';
import { defaultWorkloadTemplate } from '../workload-template.ts';
import type { Deployment } from '../workload.ts';

export function defaults(object: KubeObject): void {
  const spec = ((object as Deployment).spec ??= {});
  defaultWorkloadTemplate(spec);
  spec.replicas ??= 1;
  const strategy = (spec.strategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rolling = (strategy.rollingUpdate ??= {});
    rolling.maxUnavailable ??= '25%';
    rolling.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
}
