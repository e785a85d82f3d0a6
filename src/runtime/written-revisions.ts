import type { ApiObject } from '../client/resource-definition.ts';
import type { DeepReadonly } from '../machinery/json.ts';
import { includesVersion } from './resource-version.ts';

interface Expected {
  /** Of the first write to the key that is not shown. */
  readonly sequence: number;
  /** The revision that must show; absent for an object that is gone. */
  readonly resourceVersion?: string;
  readonly uid?: string;
}

/** Everything written before some moment. */
export interface WriteMark {
  readonly sequence: number;
  /** The newest revision among those writes; '' when none has one. */
  readonly resourceVersion: string;
}

/** More writes than this before any of them shows means that the watch lags anyway. */
const MAX_EXPECTED = 10_000;

/**
 * Writes of this process that an informer does not show yet, by key. A control loop that reads its informer only when
 * those before its turn are shown never acts on a state older than its own last writes.
 */
export class WrittenRevisions {
  /** In the order of `sequence`. */
  readonly #expected = new Map<string, Expected>();
  #sequence = 0;
  #newest = '';

  get isEmpty(): boolean {
    return this.#expected.size === 0;
  }

  wrote(key: string, resourceVersion: string): void {
    const known = this.#expected.get(key);
    // Answers to several writes may come in another order than their revisions.
    if (known?.resourceVersion !== undefined && includesVersion(known.resourceVersion, resourceVersion)) return;
    if (!includesVersion(this.#newest, resourceVersion)) this.#newest = resourceVersion;
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
    if (expected !== undefined && satisfies(expected, object, gone)) this.#expected.delete(key);
  }

  /** Everything up to this revision is shown. Writes of it that the watch does not select are no longer waited for. */
  reached(resourceVersion: string): void {
    for (const [key, expected] of this.#expected) {
      if (expected.resourceVersion !== undefined && includesVersion(resourceVersion, expected.resourceVersion)) this.#expected.delete(key);
    }
  }

  mark(): WriteMark {
    return { sequence: this.#sequence, resourceVersion: this.#newest };
  }

  /**
   * True when all writes before the mark are shown. Later writes do not matter, also those to the same keys: once the
   * revision shown is past the mark's, so is everything written before it.
   */
  areShown(mark: WriteMark, shownVersion: string): boolean {
    const passed = mark.resourceVersion !== '' && includesVersion(shownVersion, mark.resourceVersion);
    for (const { sequence, resourceVersion } of this.#expected.values()) {
      if (sequence > mark.sequence) return true;
      if (!passed || resourceVersion === undefined) return false;
    }
    return true;
  }

  /** Waits no more for what was written before the mark. */
  giveUp(mark: WriteMark): void {
    for (const [key, { sequence }] of this.#expected) {
      if (sequence > mark.sequence) return;
      this.#expected.delete(key);
    }
  }

  clear(): void {
    this.#expected.clear();
  }

  #expect(key: string, expected: Omit<Expected, 'sequence'>): void {
    const sequence = ++this.#sequence;
    this.#expected.set(key, { ...expected, sequence: this.#expected.get(key)?.sequence ?? sequence });
    if (this.#expected.size <= MAX_EXPECTED) return;
    for (const oldest of this.#expected.keys()) {
      this.#expected.delete(oldest);
      break;
    }
  }
}

function satisfies(expected: Expected, object: DeepReadonly<ApiObject>, gone: boolean): boolean {
  const { uid, resourceVersion = '' } = object.metadata;
  if (expected.resourceVersion !== undefined) return includesVersion(resourceVersion, expected.resourceVersion);
  return gone || (expected.uid !== undefined && uid !== expected.uid);
}
