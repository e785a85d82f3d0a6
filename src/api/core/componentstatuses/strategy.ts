import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';

interface ComponentStatus extends KubeObject {
  conditions?: { type?: string; status?: string; message?: string; error?: string }[];
}

/** Component statuses are made by asking, and never stored: all there is to rule is how they are shown. */
export const rules: KindRules = {
  cells(object) {
    const condition = (object as ComponentStatus).conditions?.find((candidate) => candidate.type === 'Healthy');
    const status = condition === undefined ? 'Unknown' : condition.status === 'True' ? 'Healthy' : 'Unhealthy';
    return [object.metadata.name ?? '', status, condition?.message ?? '', condition?.error ?? ''];
  },
};
