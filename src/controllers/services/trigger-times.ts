import { readinessChangedMs, type SharedPod } from '../pods/pod-state.ts';
import type { SharedService } from './service-pods.ts';

interface Known {
  readonly service: number;
  readonly pods: ReadonlyMap<string, number>;
}

/**
 * When the changes that a service's endpoints are about to show began: the earliest new time among the service's creation
 * and its pods' changes of readiness. It is for measuring only; after a restart the service's creation is told once more.
 */
export class TriggerTimes {
  /** One entry for each service; `forget` takes it out. */
  readonly #known = new Map<string, Known>();

  /** Epoch milliseconds; undefined when nothing is new. */
  next(key: string, service: SharedService, pods: readonly SharedPod[]): number | undefined {
    const before = this.#known.get(key);
    const created = Date.parse(service.metadata.creationTimestamp ?? '') || 0;
    const times = new Map<string, number>();
    let first: number | undefined;
    const isNew = (time: number, known = 0): void => {
      if (time > known) first = Math.min(first ?? time, time);
    };
    for (const pod of pods) {
      const time = readinessChangedMs(pod);
      if (time === undefined) continue;
      const name = pod.metadata.name ?? '';
      times.set(name, time);
      isNew(time, before?.pods.get(name));
    }
    isNew(created, before?.service);
    this.#known.set(key, { service: created, pods: times });
    return before ? first : created;
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}
