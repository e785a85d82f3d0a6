import type { ITxnRequest } from 'etcd3';
import { ClosedError, CompactedError, FutureRevisionError, UnavailableError } from '../errors.ts';
import { compareKeys } from '../key-order.ts';
import type { CommitResult, Entry, KeyRange, ListOptions, ListResult, Operation, ReadOptions, Store, Transaction, Watch, WatchListener, WatchOptions } from '../store.ts';
import { checkKey, checkTransaction } from '../transaction-limits.ts';
import { connect, entryOfKeyValue } from './connection.ts';
import type { EtcdConnection, EtcdConnectionOptions } from './connection.ts';
import { troubleOf } from './errors-of-etcd.ts';
import { Leases } from './leases.ts';
import { progressIsOrdered, progressTrustOf } from './progress.ts';
import { Watches } from './watches.ts';
import type { WatchesOptions } from './watches.ts';

export interface EtcdStoreOptions extends EtcdConnectionOptions {
  /** Stands before every key in the cluster, so that several stores share it. Default: nothing. */
  readonly prefix?: string;
  /** Told, in one line, of a server too old to be trusted fully. */
  readonly warn?: (line: string) => void;
}

/** Lists without a limit are fetched in pages of this many. */
const pageSize = 10_000;

/**
 * Opens a store over an etcd v3 cluster and sees that it answers. Throws UnavailableError.
 *
 * The cluster needs `--max-request-bytes` above its default of 1.5 MiB for larger objects. Below etcd 3.4.31 and 3.5.13
 * reads wait a few round trips longer, and that they are never stale is likely, not certain: see `progressTrustOf`.
 */
export async function open(options: EtcdStoreOptions): Promise<Store> {
  const connection = await connect(options);
  try {
    const { version } = await connection.status();
    if (!progressIsOrdered(version)) options.warn?.(`etcd ${version} may tell of progress before it tells of events: use 3.4.31, 3.5.13 or newer`);
    return new EtcdStore(connection, { clock: options.clock, prefix: options.prefix ?? '', trust: progressTrustOf(version) });
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** The store's interface over etcd: revisions, history and watches are the cluster's own. */
export class EtcdStore implements Store {
  readonly local = false;
  readonly #connection: EtcdConnection;
  readonly #prefix: string;
  readonly #prefixBytes: number;
  readonly #leases: Leases;
  readonly #watches: Watches;
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  /** The connection is the store's own from now on. */
  constructor(connection: EtcdConnection, options: WatchesOptions) {
    this.#connection = connection;
    this.#prefix = options.prefix;
    this.#prefixBytes = Buffer.byteLength(options.prefix);
    this.#leases = new Leases(connection, options.clock);
    this.#watches = new Watches(connection, options);
  }

  async currentRevision(): Promise<number> {
    this.#checkOpen();
    const { header } = await this.#connection.range({ key: this.#bytes('\0'), count_only: true });
    return Number(header.revision);
  }

  async get(key: string, options: ReadOptions = {}): Promise<Entry | undefined> {
    this.#checkOpen();
    checkKey(key);
    const { kvs } = await this.#at(options.revision, (revision) => this.#connection.range({ key: this.#bytes(key), revision }));
    return kvs[0] && entryOfKeyValue(kvs[0], this.#prefixBytes);
  }

  getForUpdate(key: string): Promise<Entry | undefined> {
    return this.get(key);
  }

  async list(range: KeyRange, options: ListOptions = {}): Promise<ListResult> {
    this.#checkOpen();
    if (compareKeys(range.start, range.end) >= 0) return { entries: [], more: false, count: 0, revision: options.revision ?? (await this.currentRevision()) };
    const limit = options.limit ?? Infinity;
    const first = await this.#page(range, Math.min(limit, pageSize), options.revision);
    if (!first.more || first.entries.length >= limit) return first;
    const entries = [...first.entries];
    for (let more: boolean = first.more; more && entries.length < limit; ) {
      const start = `${entries.at(-1)!.key}\0`;
      const page = await this.#page({ start, end: range.end }, Math.min(limit - entries.length, pageSize), first.revision);
      entries.push(...page.entries);
      more = page.more;
    }
    return { ...first, entries, more: entries.length < first.count };
  }

  async commit(transaction: Transaction): Promise<CommitResult> {
    this.#checkOpen();
    checkTransaction(transaction);
    return this.#track(this.#commit(transaction));
  }

  watch(range: KeyRange, listener: WatchListener, options?: WatchOptions): Watch {
    return this.#watches.watch(range, listener, options);
  }

  async compact(revision: number): Promise<void> {
    this.#checkOpen();
    try {
      await this.#track(this.#connection.compact(revision));
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === 'future') throw new FutureRevisionError(revision, await this.currentRevision());
      if (trouble !== 'compacted') throw error;
    }
  }

  async compactedRevision(): Promise<number> {
    this.#checkOpen();
    try {
      await this.#connection.range({ key: this.#bytes('\0'), revision: 1, count_only: true });
      return 0;
    } catch (error) {
      if (troubleOf(error) !== 'compacted') throw error;
    }
    // Only a watch that begins too early is told where it might.
    const error = await new Promise<Error>((resolve) => {
      this.#watches.watch({ start: '\0', end: '\0\0' }, { onEvents: () => undefined, onProgress: () => undefined, onEnd: resolve }, { startRevision: 1 });
    });
    if (error instanceof CompactedError) return error.compactedRevision;
    throw error instanceof ClosedError ? error : new UnavailableError('etcd did not say what it has compacted', { cause: error });
  }

  async size(): Promise<number> {
    this.#checkOpen();
    return (await this.#connection.status()).databaseBytes;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    this.#watches.close();
    this.#connection.close();
  }

  async #commit(transaction: Transaction): Promise<CommitResult> {
    await this.#watches.begun();
    const request = (): Promise<ITxnRequest> => this.#request(transaction);
    let response;
    try {
      response = await this.#connection.transaction(await request());
    } catch (error) {
      if (troubleOf(error) !== 'lease-gone') throw error;
      // Refused whole, so it may be sent again, with a new lease.
      this.#leases.forget();
      response = await this.#connection.transaction(await request());
    }
    if (response.succeeded) return { ok: true, revision: Number(response.header.revision) };
    const current = new Map<string, Entry | undefined>();
    for (const [i, compare] of transaction.compares.entries()) {
      const keyValue = response.responses[i]?.response_range.kvs[0];
      const entry = keyValue && entryOfKeyValue(keyValue, this.#prefixBytes);
      if ((entry?.modRevision ?? 0) !== compare.modRevision) current.set(compare.key, entry);
    }
    return { ok: false, current };
  }

  async #request(transaction: Transaction): Promise<ITxnRequest> {
    return {
      compare: transaction.compares.map(({ key, modRevision }) => ({ key: this.#bytes(key), target: 'Mod', result: 'Equal', mod_revision: modRevision })),
      success: await Promise.all(transaction.operations.map((operation) => this.#requestOperation(operation))),
      failure: transaction.compares.map(({ key }) => ({ request_range: { key: this.#bytes(key) } })),
    };
  }

  async #requestOperation(operation: Operation): Promise<NonNullable<ITxnRequest['success']>[number]> {
    const key = this.#bytes(operation.key);
    if (operation.type === 'delete') return { request_delete_range: { key } };
    const { value, ttlSeconds } = operation;
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { request_put: { key, value: bytes, lease: ttlSeconds === undefined ? 0 : await this.#leases.leaseFor(ttlSeconds) } };
  }

  async #page(range: KeyRange, limit: number, at: number | undefined): Promise<ListResult> {
    const request = { key: this.#bytes(range.start), range_end: this.#bytes(range.end), limit };
    const { kvs, count, more, header } = await this.#at(at, (revision) => this.#connection.range({ ...request, revision }));
    return { entries: kvs.map((keyValue) => entryOfKeyValue(keyValue, this.#prefixBytes)), count: Number(count), more, revision: at ?? Number(header.revision) };
  }

  /** Tells apart why a revision cannot be read; etcd's own answer does not say what could be. */
  async #at<T>(revision: number | undefined, read: (revision: number) => Promise<T>): Promise<T> {
    try {
      return await read(revision ?? 0);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === 'compacted') throw new CompactedError(await this.compactedRevision());
      if (trouble === 'future') throw new FutureRevisionError(revision ?? 0, await this.currentRevision());
      throw error;
    }
  }

  #bytes(key: string): Buffer {
    return Buffer.from(this.#prefix + key);
  }

  async #track<T>(call: Promise<T>): Promise<T> {
    this.#underWay.add(call);
    try {
      return await call;
    } finally {
      this.#underWay.delete(call);
    }
  }

  #checkOpen(): void {
    if (this.#closing) throw new ClosedError();
  }
}
