import type { ApiObject } from '../client/resource-definition.ts';
import type { DeepReadonly } from '../machinery/json.ts';
import { includesVersion } from './resource-version.ts';

interface Expected {
  /** The revision that must show; absent for an object that is gone. */
  readonly resourceVersion?: string;
  readonly uid?: string;
}

/** More writes than this before any of them shows means that the watch lags anyway. */
const MAX_EXPECTED = 10_000;

/**
 * Writes of this process that an informer does not show yet, by key. A control loop that reads its informer only when
 * there are none never acts on a state older than its own last writes.
 */
export class WrittenRevisions {
  readonly #expected = new Map<string, Expected>();
  #waiters: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#expected.size === 0;
  }

  wrote(key: string, resourceVersion: string): void {
    this.#expect(key, { resourceVersion });
  }

  /** The object with this uid is gone; without a uid, whatever had the name. */
  removed(key: string, uid: string | undefined): void {
    this.#expect(key, uid === undefined ? {} : { uid });
  }

  /** True when a write to the key is not shown yet. */
  expects(key: string): boolean {
    return this.#expected.has(key);
  }

  /** What is now shown under the key; `gone`: it was, and is no more. */
  shown(key: string, object: DeepReadonly<ApiObject>, gone: boolean): void {
    if (this.#expected.size === 0) return;
    const expected = this.#expected.get(key);
    if (expected === undefined || !satisfies(expected, object, gone)) return;
    this.#expected.delete(key);
    this.#wake();
  }

  /** Everything up to this revision is shown. Writes of it that the watch does not select are no longer waited for. */
  reached(resourceVersion: string): void {
    for (const [key, expected] of this.#expected) {
      if (expected.resourceVersion !== undefined && includesVersion(resourceVersion, expected.resourceVersion)) this.#expected.delete(key);
    }
    this.#wake();
  }

  clear(): void {
    this.#expected.clear();
    this.#wake();
  }

  /** Calls back once, when nothing is expected any more; returns what takes that back. */
  onEmpty(callback: () => void): () => void {
    this.#waiters.push(callback);
    this.#wake();
    return () => {
      this.#waiters = this.#waiters.filter((waiter) => waiter !== callback);
    };
  }

  #expect(key: string, expected: Expected): void {
    const known = this.#expected.get(key);
    // Answers to several writes may come in another order than their revisions.
    if (known?.resourceVersion !== undefined && expected.resourceVersion !== undefined && includesVersion(known.resourceVersion, expected.resourceVersion)) return;
    this.#expected.set(key, expected);
    if (this.#expected.size <= MAX_EXPECTED) return;
    for (const oldest of this.#expected.keys()) {
      this.#expected.delete(oldest);
      break;
    }
  }

  #wake(): void {
    if (this.#expected.size > 0) return;
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

function satisfies(expected: Expected, object: DeepReadonly<ApiObject>, gone: boolean): boolean {
  const { uid, resourceVersion = '' } = object.metadata;
  if (expected.resourceVersion !== undefined) return includesVersion(resourceVersion, expected.resourceVersion);
  return gone || (expected.uid !== undefined && uid !== expected.uid);
}
