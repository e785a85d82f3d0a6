import type { ObjectReference } from '../api/types/generated/core-v1.ts';
import type { Clock } from '../machinery/clock.ts';
import type { DeepReadonly } from '../machinery/json.ts';
import type { ApiObject } from '../client/resource-definition.ts';

/** An object that an event is about, or a reference to one. */
export type EventSubject = DeepReadonly<ApiObject> | ObjectReference;

export function referenceTo(subject: EventSubject): ObjectReference {
  if (!('metadata' in subject)) return subject;
  const { apiVersion, kind, metadata } = subject;
  const { namespace, name, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

/** Events about objects without a namespace stand in `default`. */
export function eventNamespace(reference: ObjectReference): string {
  return reference.namespace === undefined || reference.namespace === '' ? 'default' : reference.namespace;
}

/** Makes names of events: the object's, a dot, and the time in nanoseconds, in hexadecimal; never the same twice. */
export class EventNames {
  readonly #clock: Clock;
  readonly #random: () => number;
  #last = 0n;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  next(objectName: string): string {
    // The clock counts milliseconds; two processes that record in the same one must not collide.
    const now = BigInt(Math.floor(this.#clock.now())) * 1_000_000n + BigInt(Math.floor(this.#random() * 1e6));
    this.#last = now > this.#last ? now : this.#last + 1n;
    const suffix = `.${this.#last.toString(16)}`;
    return `${objectName.slice(0, 253 - suffix.length)}${suffix}`;
  }
}
