import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { PriorityLevelConfiguration } from '../shapes.ts';

export function defaults(object: KubeObject): void {
  const spec = ((object as PriorityLevelConfiguration).spec ??= {});
  if (spec.exempt !== undefined) {
    spec.exempt.nominalConcurrencyShares ??= 0;
    spec.exempt.lendablePercent ??= 0;
  }
  if (spec.limited === undefined) return;
  spec.limited.nominalConcurrencyShares ??= 30;
  spec.limited.lendablePercent ??= 0;
  const queuing = spec.limited.limitResponse?.queuing;
  if (queuing === undefined) return;
  queuing.handSize ||= 8;
  queuing.queues ||= 64;
  queuing.queueLengthLimit ||= 50;
}
