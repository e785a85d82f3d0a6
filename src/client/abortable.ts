import { asError } from './as-error.ts';

/** What an aborted signal says: its reason when that is an error, an AbortError around it otherwise. */
export function abortReason(signal: AbortSignal): Error {
  if (signal.reason instanceof Error) return signal.reason;
  const error = new Error('the call was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  return error;
}

/**
 * The promise's outcome, or the signal's reason as soon as it is aborted. A value that comes too late goes to `dispose`,
 * and an error that comes too late is nobody's any more.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined, dispose?: (value: T) => void): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    let aborted = false;
    const onAbort = (): void => {
      aborted = true;
      reject(abortReason(signal));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener('abort', onAbort);
        if (aborted) dispose?.(value);
        else resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        if (!aborted) reject(asError(error));
      },
    );
  });
}
