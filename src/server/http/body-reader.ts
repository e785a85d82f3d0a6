import type { Readable } from 'node:stream';
import type { Clock } from '../../machinery/clock.ts';
import { badRequest, requestEntityTooLarge, timeout } from '../../machinery/status-error.ts';

/** A client that has not sent its whole body by then is told so. */
const BODY_TIMEOUT_MS = 30_000;
/** What is read and thrown away of a refused body before the connection is cut. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

/**
 * Reads a stream to its end. Rejects with RequestEntityTooLarge as soon as the limit is passed, with Timeout when the
 * client stalls, with BadRequest when it breaks off.
 */
export function readAll(stream: Readable, limitBytes: number, clock: Clock): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = clock.setTimer(BODY_TIMEOUT_MS, () => fail(timeout('request did not complete within the allotted timeout')));
    const cleanUp = (): void => {
      timer.cancel();
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    const fail = (error: Error): void => {
      cleanUp();
      // Some of the rest is read and thrown away, so that the client can read the answer.
      let discarded = 0;
      stream.on('error', () => undefined);
      stream.on('data', (chunk: Buffer) => {
        discarded += chunk.length;
        if (discarded > MAX_DISCARDED_BYTES) stream.destroy();
      });
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limitBytes) fail(requestEntityTooLarge(`Request entity too large: limit is ${limitBytes}`));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      cleanUp();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
    };
    const onError = (error: Error): void => fail(badRequest(`the body of the request could not be read: ${error.message}`));
    const onClose = (): void => fail(badRequest('the body of the request broke off: unexpected EOF'));
    stream.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}
