import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Library } from '../functions.ts';

/** `base64.encode` and `base64.decode`; decoding takes text with and without padding. */
export const encoders: Library = {
  name: 'encoders',
  functions: [
    declare(
      'base64.decode',
      overload('base64_decode_string', '(string) -> bytes', (value) => {
        if (typeof value !== 'string') return noSuchOverload();
        if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.replace(/=+$/, '').length % 4 === 1) {
          return fail(`illegal base64 data at input byte ${Math.max(0, value.search(/[^A-Za-z0-9+/]/))}`);
        }
        return Uint8Array.from(Buffer.from(value, 'base64'));
      }),
    ),
    declare(
      'base64.encode',
      overload('base64_encode_bytes', '(bytes) -> string', (value) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : noSuchOverload())),
    ),
  ],
};
