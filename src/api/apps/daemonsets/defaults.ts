import type { KubeObject } from '../../../machinery/object-meta.ts';
import { defaultWorkloadTemplate } from '../workload-template.ts';
import type { DaemonSet } from '../workload.ts';
import { setTemplateGeneration, templateGeneration } from './template-generation.ts';

export function defaults(object: KubeObject): void {
  const spec = ((object as DaemonSet).spec ??= {});
  defaultWorkloadTemplate(spec);
  const strategy = (spec.updateStrategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rolling = (strategy.rollingUpdate ??= {});
    rolling.maxUnavailable ??= 1;
    rolling.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  // Always shown, so that writers come to own it.
  setTemplateGeneration(object, templateGeneration(object));
}
