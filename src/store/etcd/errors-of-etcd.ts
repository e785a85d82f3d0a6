import { ClosedError, ReadOnlyError, StoreError, UnavailableError, UncertainError } from '../errors.ts';
import { InvalidTransactionError } from '../transaction-limits.ts';

/** What went wrong, as far as the caller has to tell it apart. `etcd3` keeps little of an error but its text. */
type Trouble = 'not-sent' | 'lost' | 'busy' | 'full' | 'too-large' | 'compacted' | 'future' | 'lease-gone' | 'closed' | 'refused';

const troubles: readonly (readonly [Trouble, RegExp])[] = [
  ['compacted', /required revision has been compacted/],
  ['future', /required revision is a future revision/],
  ['lease-gone', /requested lease not found/],
  ['full', /database space exceeded/],
  ['too-large', /request is too large|trying to send message larger|larger than max/],
  ['busy', /too many requests/],
  ['closed', /client was already closed/],
  ['not-sent', /No connection established|ECONNREFUSED|Name resolution failed|failed to connect|Failed to connect/],
  ['refused', /etcdserver: (permission denied|user name is empty|invalid auth token|authentication|duplicate key|key is not provided)/],
];

/** The kind of an error that a call to etcd rejected with. */
export function troubleOf(error: unknown): Trouble {
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  return troubles.find(([, pattern]) => pattern.test(text))?.[0] ?? 'lost';
}

/** For calls that change nothing: they may be tried again, and the caller is told that they could not be answered. */
export function readError(error: unknown): StoreError {
  const trouble = troubleOf(error);
  if (trouble === 'closed') return new ClosedError();
  if (trouble === 'refused') return new StoreError(messageOf(error), { cause: error });
  return new UnavailableError(`etcd cannot be reached: ${messageOf(error)}`, { cause: error });
}

/** For writes: UnavailableError only when it is certain that etcd did not take them, UncertainError when it is not. */
export function writeError(error: unknown): StoreError {
  const cause = { cause: error };
  const message = messageOf(error);
  switch (troubleOf(error)) {
    case 'closed':
      return new ClosedError();
    case 'full':
      return new ReadOnlyError(message, cause);
    case 'too-large':
      return new InvalidTransactionError(message, cause);
    case 'not-sent':
    case 'busy':
    case 'lease-gone':
      return new UnavailableError(`etcd took no write: ${message}`, cause);
    case 'refused':
    case 'compacted':
    case 'future':
      return new StoreError(message, cause);
    case 'lost':
      break;
  }
  return new UncertainError(`it is unknown whether etcd took the write: ${message}`, cause);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
