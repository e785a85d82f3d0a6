import { TransportError, type TransportResponse } from './transport.ts';

/** The whole body in one buffer. Throws TransportError when it breaks off or is longer than `limitBytes`. */
export async function readBody(response: TransportResponse, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.byteLength;
    if (length > limitBytes) throw new TransportError(`the answer is longer than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, length);
}
