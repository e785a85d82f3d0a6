import { readFile } from 'node:fs/promises';
import type { Clock } from '../../machinery/clock.ts';
import type { ClientCertificate, CredentialHeaders, Credentials } from '../credentials.ts';

export interface TokenFileOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly headers?: CredentialHeaders;
  readonly certificate?: ClientCertificate;
}

/** Tokens of service accounts are renewed in place; a minute is what client-go keeps them. */
const KEEP_MS = 60_000;

/** A bearer token out of a file, read again from time to time and when the server refuses it. */
export function tokenFileCredentials({ file, clock, headers: others, certificate }: TokenFileOptions): Credentials {
  let known: { readonly headers: CredentialHeaders; readonly readMs: number } | undefined;
  return {
    async headers() {
      if (known && clock.now() - known.readMs < KEEP_MS) return known.headers;
      const token = (await readFile(file, 'utf8')).trim();
      known = { headers: { ...others, authorization: `Bearer ${token}` }, readMs: clock.now() };
      return known.headers;
    },
    certificate: () => Promise.resolve(certificate),
    refused(refusedHeaders) {
      const isNewest = known?.headers === refusedHeaders;
      if (isNewest) known = undefined;
      return true;
    },
  };
}
