import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { PriorityClass } from './priority-class.ts';

export function defaults(object: KubeObject): void {
  const priorityClass = object as PriorityClass;
  priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
}
