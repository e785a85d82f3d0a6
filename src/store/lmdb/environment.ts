import { mkdir, open as openFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RootDatabase, Transaction } from 'lmdb';

export interface DatabaseRange {
  readonly start: Buffer;
  /** Exclusive. */
  readonly end: Buffer;
  readonly limit?: number;
}

export interface DatabaseEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Within `Environment.write`. */
export interface DatabaseWriter {
  put(key: Buffer, value: Buffer): void;
  /** Removing what is not there does nothing. */
  remove(key: Buffer): void;
}

/** The database as it was at one moment. */
export interface Snapshot {
  get(key: Buffer): Buffer | undefined;
  /** Must be read within the turn. */
  range(range: DatabaseRange): Iterable<DatabaseEntry>;
  count(range: DatabaseRange): number;
}

/** Must be released before the environment is closed; while it is held, the file keeps what it shows. */
export interface HeldSnapshot extends Snapshot {
  release(): void;
}

/**
 * What the store needs of LMDB. Reads see one snapshot, the one of the last `renewSnapshot`, however much was written
 * since: the store renews it when it has taken note of a write, so that what readers see and what the store says it
 * holds are the same.
 */
export interface Environment extends Snapshot {
  /** The present snapshot, for reads that take several turns. */
  hold(): HeldSnapshot;
  /**
   * Writes all or nothing, and resolves when it is on disk. Only one write may be under way. Rejects with the cause:
   * nothing was written.
   */
  write(fill: (writer: DatabaseWriter) => void): Promise<void>;
  renewSnapshot(): void;
  /** Bytes on disk. */
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface EnvironmentOptions {
  /** Address space to begin with; it grows by itself. Takes no memory or disk. Default 1 GiB. */
  readonly mapBytes?: number;
}

/** Opens, or begins, the database in an existing or new folder. */
export async function openEnvironment(folder: string, options: EnvironmentOptions = {}): Promise<Environment> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { open } = await import('lmdb');
  const root = open<Buffer, Buffer>({
    path: folder,
    noSubdir: false,
    encoding: 'binary',
    encoder: { encode: (value: Buffer) => value, decode: copyOut },
    keyEncoder: { writeKey: copyKeyIn, readKey: copyKeyOut },
    compression: false,
    cache: false,
    // A commit then waits for its own fdatasync, and one write at a time is under way, which the store fills anew meanwhile.
    overlappingSync: false,
    // The store makes its own batches; the package's would each carry a promise of its own, which nobody could handle.
    eventTurnBatching: false,
    mapSize: options.mapBytes ?? 1024 * 1024 * 1024,
    ...({ permissionsMode: 0o600 } as object),
  });
  await syncFolder(folder);
  return new LmdbEnvironment(root, path.join(folder, 'data.mdb'));
}

/** New files are there after a power failure only when their folder's own entry is on disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await openFile(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

class LmdbSnapshot implements HeldSnapshot {
  readonly #root: RootDatabase<Buffer, Buffer>;
  /** Passed to every read. */
  readonly #reading: { readonly transaction: Transaction };

  /** The transaction counts its users; this is one of them, until it is released. */
  constructor(root: RootDatabase<Buffer, Buffer>, transaction: Transaction) {
    this.#root = root;
    this.#reading = { transaction };
  }

  hold(): LmdbSnapshot {
    const { transaction } = this.#reading;
    // Not in the package's types, unlike its counterpart.
    (transaction as Transaction & { use(): void }).use();
    return new LmdbSnapshot(this.#root, transaction);
  }

  get(key: Buffer): Buffer | undefined {
    return this.#root.get(key, this.#reading);
  }

  range(range: DatabaseRange): Iterable<DatabaseEntry> {
    return this.#root.getRange({ ...range, ...this.#reading });
  }

  count(range: DatabaseRange): number {
    return this.#root.getKeysCount({ ...range, ...this.#reading });
  }

  release(): void {
    this.#reading.transaction.done();
  }
}

class LmdbEnvironment implements Environment {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #dataFile: string;
  readonly #writer: DatabaseWriter;
  #snapshot: LmdbSnapshot;

  constructor(root: RootDatabase<Buffer, Buffer>, dataFile: string) {
    this.#root = root;
    this.#dataFile = dataFile;
    this.#snapshot = new LmdbSnapshot(root, root.useReadTransaction());
    this.#writer = {
      put: (key, value) => void root.put(key, value),
      remove: (key) => void root.remove(key),
    };
  }

  get(key: Buffer): Buffer | undefined {
    return this.#snapshot.get(key);
  }

  range(range: DatabaseRange): Iterable<DatabaseEntry> {
    return this.#snapshot.range(range);
  }

  count(range: DatabaseRange): number {
    return this.#snapshot.count(range);
  }

  hold(): HeldSnapshot {
    return this.#snapshot.hold();
  }

  async write(fill: (writer: DatabaseWriter) => void): Promise<void> {
    try {
      await this.#root.batch(() => fill(this.#writer));
    } catch (error) {
      throw await causeOf(error);
    }
  }

  renewSnapshot(): void {
    this.#snapshot.release();
    this.#root.resetReadTxn();
    this.#snapshot = new LmdbSnapshot(this.#root, this.#root.useReadTransaction());
  }

  async size(): Promise<number> {
    const { blocks, size } = await stat(this.#dataFile);
    // Where the file system counts no blocks, the length has to do.
    return blocks > 0 ? blocks * 512 : size;
  }

  async close(): Promise<void> {
    this.#snapshot.release();
    await this.#root.close();
  }
}

/**
 * The package reads into a buffer of its own, good until the next read. Small copies share slabs (Buffer's pool), which
 * is several times faster than a buffer each; they tend to be kept, and dropped, together.
 */
function copyOut(bytes: Uint8Array): Buffer {
  const { length } = bytes;
  const copy = Buffer.allocUnsafe(length);
  if (Buffer.isBuffer(bytes)) bytes.copy(copy, 0, 0, length);
  else copy.set(bytes);
  return copy;
}

function copyKeyIn(key: Buffer, target: Uint8Array, start: number): number {
  target.set(key, start);
  return start + key.length;
}

function copyKeyOut(source: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start);
  source.copy(copy, 0, start, end);
  return copy;
}

/** The package rejects with a general error, whose reason follows as a promise of its own that rejects. */
async function causeOf(rejection: unknown): Promise<Error> {
  const detail = (rejection as { readonly commitError?: Promise<unknown> }).commitError;
  let cause = rejection;
  try {
    await detail;
  } catch (reason) {
    cause = reason;
  }
  return cause instanceof Error ? cause : new Error(String(cause));
}
