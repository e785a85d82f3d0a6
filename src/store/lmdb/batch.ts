import type { StoreError } from '../errors.ts';
import type { Entry, StoreEvent } from '../store.ts';
import type { DatabaseWriter } from './environment.ts';
import { encodeKeyPointer, encodeNumber, encodeRecord, expiryKey, keyKey, recordKey } from './records.ts';
import type { Located } from './records.ts';

/** A key's state as proposed by a batch: what compares and further proposals build on. */
export interface Proposed {
  /** Undefined: deleted. */
  readonly located: Located | undefined;
  readonly batch: Batch;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: StoreError) => void;
}

/** The transactions that will be written, and become durable, together. */
export class Batch {
  /** The last state of each key written. */
  readonly proposed = new Map<string, Proposed>();
  readonly events: StoreEvent[] = [];
  readonly #records: { readonly key: Buffer; readonly value: Buffer }[] = [];
  readonly #expiries = new Map<string, number | undefined>();
  readonly #waiters: Waiter[] = [];
  /** Bytes of values that the batch replaces. */
  replacedBytes = 0;
  /** Bytes that will be written. */
  bytes = 0;
  /** Compaction asked for by call. */
  compactTo = 0;

  get operations(): number {
    return this.#records.length;
  }

  /** Resolves when the batch is durable and was published; rejects when it failed. */
  settled(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** `previous` is the key's state that the event follows upon. */
  add(event: StoreEvent, index: number, previous: Located | undefined): Proposed {
    const { entry, revision, key } = event;
    const value = encodeRecord({
      type: event.type,
      key,
      createRevision: entry?.createRevision ?? 0,
      previous: previous && { revision: previous.entry.modRevision, index: previous.index },
      previousLength: previous?.entry.value.length ?? 0,
      value: entry?.value ?? nothing,
    });
    this.#records.push({ key: recordKey(revision, index), value });
    this.bytes += value.length;
    this.replacedBytes += previous?.entry.value.length ?? 0;
    this.events.push(event);
    const proposed = { located: entry && locate(entry, index), batch: this };
    this.proposed.set(key, proposed);
    return proposed;
  }

  /** Undefined: the key no longer expires. */
  setExpiry(key: string, dueMs: number | undefined): void {
    this.#expiries.set(key, dueMs);
  }

  write(writer: DatabaseWriter): void {
    for (const { key, value } of this.#records) writer.put(key, value);
    for (const [key, { located }] of this.proposed) {
      if (located) {
        const { entry, index } = located;
        writer.put(keyKey(key), encodeKeyPointer({ revision: entry.modRevision, index, createRevision: entry.createRevision }));
      } else {
        writer.remove(keyKey(key));
      }
    }
    for (const [key, dueMs] of this.#expiries) {
      if (dueMs === undefined) writer.remove(expiryKey(key));
      else writer.put(expiryKey(key), encodeNumber(dueMs));
    }
  }

  resolve(): void {
    for (const waiter of this.#waiters) waiter.resolve();
  }

  reject(error: StoreError): void {
    for (const waiter of this.#waiters) waiter.reject(error);
  }
}

const nothing = new Uint8Array();

function locate(entry: Entry, index: number): Located {
  return { entry, index };
}
