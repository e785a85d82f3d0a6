import { StoreError } from './errors.ts';
import type { Transaction } from './store.ts';

/** The longest key in UTF-8 bytes; LMDB's pages set it, and every engine keeps it so that data can move between them. */
export const maxKeyBytes = 1024;
/** Above the API server's largest request body, below what a stalled disk or peer would choke on. */
export const maxValueBytes = 16 * 1024 * 1024;
/** etcd's own default (`--max-txn-ops`). */
export const maxOperations = 128;

/** A transaction or key that no engine takes. Nothing was written. */
export class InvalidTransactionError extends StoreError {}

/** Throws InvalidTransactionError for what the interface rules out, before an engine touches its state. */
export function checkTransaction(transaction: Transaction): void {
  const { compares, operations } = transaction;
  if (compares.length > maxOperations || operations.length > maxOperations) {
    throw new InvalidTransactionError('too many operations in txn request');
  }
  for (const compare of compares) checkKey(compare.key);
  for (const operation of operations) {
    checkKey(operation.key);
    if (operation.type !== 'put') continue;
    if (operation.value.length > maxValueBytes) throw new InvalidTransactionError('request is too large');
    const ttl = operation.ttlSeconds;
    if (ttl !== undefined && !(ttl > 0 && ttl <= Number.MAX_SAFE_INTEGER / 1000)) {
      throw new InvalidTransactionError(`invalid ttlSeconds ${ttl}`);
    }
  }
  if (operations.length > 1 && new Set(operations.map((operation) => operation.key)).size !== operations.length) {
    throw new InvalidTransactionError('duplicate key given in txn request');
  }
}

/** Throws InvalidTransactionError for a key that is empty, too long, or not well-formed Unicode. */
export function checkKey(key: string): void {
  if (key === '') throw new InvalidTransactionError('key is not provided');
  // A UTF-16 unit takes at most three UTF-8 bytes, so most keys need no closer look.
  if (key.length * 3 > maxKeyBytes && Buffer.byteLength(key) > maxKeyBytes) {
    throw new InvalidTransactionError(`key is longer than ${maxKeyBytes} bytes`);
  }
  if (!key.isWellFormed()) throw new InvalidTransactionError('key is not well-formed Unicode');
}
