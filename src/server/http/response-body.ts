import { gzip, constants } from 'node:zlib';
import { promisify } from 'node:util';
import type { BytesResponse } from './api-request.ts';

const compress = promisify(gzip);

/** Answers smaller than this are sent as they are: compressing would cost more than it saves. */
const COMPRESS_FROM_BYTES = 128 * 1024;

export function bodyLength(response: BytesResponse): number {
  let length = 0;
  for (const chunk of response.body) length += chunk.byteLength;
  return length;
}

/** One buffer for answers of several small pieces: one write costs less than three. */
export function joinBody(response: BytesResponse): Uint8Array {
  const [only, ...others] = response.body;
  if (only && others.length === 0) return only;
  return Buffer.concat(response.body);
}

export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return acceptEncoding !== undefined && /(^|,)\s*gzip\s*(;|,|$)/.test(acceptEncoding);
}

/** Large answers go compressed to clients that take it; the same answer otherwise. */
export async function compressed(response: BytesResponse, length: number): Promise<BytesResponse> {
  if (length < COMPRESS_FROM_BYTES) return response;
  const bytes = await compress(joinBody(response), { level: constants.Z_BEST_SPEED });
  return { ...response, body: [bytes], headers: { ...response.headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' } };
}

export function isCompressible(method: string, response: BytesResponse, acceptEncoding: string | undefined): boolean {
  return method === 'GET' && response.status === 200 && acceptsGzip(acceptEncoding) && bodyLength(response) >= COMPRESS_FROM_BYTES;
}
