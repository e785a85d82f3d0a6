import path from 'node:path';
import { DataFolderInUseError } from '../errors.ts';

export interface FolderLock {
  release(): void;
}

const sqliteBusy = 5;

/**
 * Holds the data folder for this process, by the operating system's own lock on a file, which dies with the process
 * however it ends; what is left of the file means nothing. LMDB itself would let several processes in, whose stores
 * would then give out the same revisions. Node offers such locks only through its SQLite, which takes them on opening
 * a transaction. Throws DataFolderInUseError.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path.join(folder, 'process.lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { readonly errcode?: number }).errcode !== sqliteBusy) throw error;
    throw new DataFolderInUseError(`the data folder ${folder} is in use by another process`, { cause: error });
  }
  return { release: () => database.close() };
}
