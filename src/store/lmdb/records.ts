import type { Entry, Operation } from '../store.ts';

/**
 * How the store lies in LMDB, one tree whose keys begin with a byte that says what they are:
 *
 * - `meta`: the format's version; the store's state.
 * - `key` + the key's UTF-8 bytes: where its newest record is. Absent keys have none.
 * - `record` + revision + index: what the index-th operation of that revision did. A record stays until the history no
 *   longer needs it and, for a put, until a later one has taken its place: the values live here, once.
 * - `expiry` + the key: when the key vanishes.
 */
export const formatVersion = 1;

const metaSpace = 1;
const keySpace = 2;
const recordSpace = 3;
const expirySpace = 4;

/** Names a record. Index counts the operations of a transaction that changed something. */
export interface Pointer {
  readonly revision: number;
  readonly index: number;
}

/** What a key points to. */
export interface KeyPointer extends Pointer {
  readonly createRevision: number;
}

/** An entry with the record it came from. */
export interface Located {
  readonly entry: Entry;
  readonly index: number;
}

export interface Record {
  readonly type: Operation['type'];
  readonly key: string;
  readonly pointer: Pointer;
  /** 0 for a deletion. */
  readonly createRevision: number;
  /** The record this one took the place of. */
  readonly previous: Pointer | undefined;
  /** Bytes of the value that was replaced. */
  readonly previousLength: number;
  /** Empty for a deletion. */
  readonly value: Uint8Array;
}

export interface StoreState {
  readonly revision: number;
  readonly compacted: number;
  /** Up to where what compaction made superfluous was removed. */
  readonly swept: number;
  /** Bytes of values that only the history still holds. */
  readonly historyBytes: number;
}

export const formatKey = Buffer.from([metaSpace, 0x66]);
export const stateKey = Buffer.from([metaSpace, 0x73]);

export function keyKey(key: string): Buffer {
  return spaced(keySpace, key);
}

export function expiryKey(key: string): Buffer {
  return spaced(expirySpace, key);
}

/** The whole space of expiries, as a range of database keys. */
export const expiryRange = { start: Buffer.from([expirySpace]), end: Buffer.from([expirySpace + 1]) };

function spaced(space: number, key: string): Buffer {
  const length = key.length * 3 + 1;
  const bytes = Buffer.allocUnsafe(length);
  bytes[0] = space;
  return bytes.subarray(0, 1 + bytes.write(key, 1));
}

/** The key a database key of the key or expiry space stands for. */
export function keyOf(databaseKey: Buffer): string {
  return databaseKey.toString('utf8', 1);
}

export function recordKey(revision: number, index: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = recordSpace;
  bytes.writeUIntBE(revision, 1, 6);
  bytes.writeUInt16BE(index, 7);
  return bytes;
}

export function pointerOf(databaseKey: Buffer): Pointer {
  return { revision: databaseKey.readUIntBE(1, 6), index: databaseKey.readUInt16BE(7) };
}

export function encodeKeyPointer(pointer: KeyPointer): Buffer {
  const bytes = Buffer.allocUnsafe(14);
  bytes.writeUIntBE(pointer.revision, 0, 6);
  bytes.writeUInt16BE(pointer.index, 6);
  bytes.writeUIntBE(pointer.createRevision, 8, 6);
  return bytes;
}

export function decodeKeyPointer(bytes: Buffer): KeyPointer {
  return { revision: bytes.readUIntBE(0, 6), index: bytes.readUInt16BE(6), createRevision: bytes.readUIntBE(8, 6) };
}

const recordHeader = 21;
const putType = 1;
const deleteType = 2;

export function encodeRecord(record: Omit<Record, 'pointer'>): Buffer {
  const keyLength = Buffer.byteLength(record.key);
  const bytes = Buffer.allocUnsafe(recordHeader + keyLength + record.value.length);
  bytes[0] = record.type === 'put' ? putType : deleteType;
  bytes.writeUIntBE(record.createRevision, 1, 6);
  bytes.writeUIntBE(record.previous?.revision ?? 0, 7, 6);
  bytes.writeUInt16BE(record.previous?.index ?? 0, 13);
  bytes.writeUInt32BE(record.previousLength, 15);
  bytes.writeUInt16BE(keyLength, 19);
  bytes.write(record.key, recordHeader);
  bytes.set(record.value, recordHeader + keyLength);
  return bytes;
}

/** The record's value is a view of `bytes`, which must not change afterwards. */
export function decodeRecord(pointer: Pointer, bytes: Buffer): Record {
  const keyEnd = recordHeader + bytes.readUInt16BE(19);
  const previousRevision = bytes.readUIntBE(7, 6);
  return {
    type: bytes[0] === putType ? 'put' : 'delete',
    key: bytes.toString('utf8', recordHeader, keyEnd),
    pointer,
    createRevision: bytes.readUIntBE(1, 6),
    previous: previousRevision === 0 ? undefined : { revision: previousRevision, index: bytes.readUInt16BE(13) },
    previousLength: bytes.readUInt32BE(15),
    value: bytes.subarray(keyEnd),
  };
}

/** The entry a put record holds. */
export function entryOf(record: Record): Located {
  const { key, value, createRevision, pointer } = record;
  return { entry: { key, value, createRevision, modRevision: pointer.revision }, index: pointer.index };
}

export function encodeState(state: StoreState): Buffer {
  const bytes = Buffer.allocUnsafe(32);
  bytes.writeDoubleBE(state.revision, 0);
  bytes.writeDoubleBE(state.compacted, 8);
  bytes.writeDoubleBE(state.swept, 16);
  bytes.writeDoubleBE(state.historyBytes, 24);
  return bytes;
}

export function decodeState(bytes: Buffer): StoreState {
  return { revision: bytes.readDoubleBE(0), compacted: bytes.readDoubleBE(8), swept: bytes.readDoubleBE(16), historyBytes: bytes.readDoubleBE(24) };
}

export function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value, 0);
  return bytes;
}

export function decodeNumber(bytes: Buffer): number {
  return bytes.readDoubleBE(0);
}
