import { mkdir } from 'node:fs/promises';
import type { Clock } from '../../machinery/clock.ts';
import { StoreError } from '../errors.ts';
import type { HistoryPolicy } from '../history-policy.ts';
import type { Store } from '../store.ts';
import { openEnvironment } from './environment.ts';
import type { Environment, EnvironmentOptions } from './environment.ts';
import { lockFolder } from './folder-lock.ts';
import { LmdbStore } from './lmdb-store.ts';
import { decodeNumber, decodeState, encodeNumber, encodeState, formatKey, formatVersion, stateKey } from './records.ts';

export interface LmdbStoreOptions extends EnvironmentOptions {
  /** Made if it does not exist. One process at a time holds it. */
  readonly folder: string;
  readonly clock: Clock;
  /** Default: the last 100,000 revisions, and at most 512 MiB of replaced values. */
  readonly history?: HistoryPolicy;
}

/**
 * Opens the durable store in a folder, and loads `lmdb` for it. Throws DataFolderInUseError while another process (or
 * another store of this one) holds the folder, StoreError when the data is of another format.
 */
export async function open(options: LmdbStoreOptions): Promise<Store> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(options.folder);
  try {
    const environment = await openEnvironment(options.folder, options);
    const state = await readState(environment);
    return new LmdbStore({ environment, state, clock: options.clock, release: () => lock.release(), ...(options.history && { history: options.history }) });
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function readState(environment: Environment): Promise<ReturnType<typeof decodeState>> {
  const format = environment.get(formatKey);
  const state = environment.get(stateKey);
  if (format && state) {
    const version = decodeNumber(format);
    if (version === formatVersion) return decodeState(state);
    await environment.close();
    throw new StoreError(`the data folder has format ${version}, this version of Steersman reads format ${formatVersion}`);
  }
  // As etcd, an empty store stands at revision 1.
  const first = { revision: 1, compacted: 0, swept: 1, historyBytes: 0 };
  await environment.write((writer) => {
    writer.put(formatKey, encodeNumber(formatVersion));
    writer.put(stateKey, encodeState(first));
  });
  environment.renewSnapshot();
  return first;
}
