import { setOwn, type JsonObject } from '../../machinery/json.ts';
import type { AuthenticationRequest, AuthenticationResult, Authenticator, UserInfo } from './authenticator.ts';
import { ClientCertificates, type ClientCertificateOptions } from './client-certificates.ts';
import { unescapeKey } from './header-keys.ts';

/** `--requestheader-*`: who may state another user, and in which headers. */
export interface RequestHeaderOptions extends ClientCertificateOptions {
  /** Common names that may; empty for every client whose certificate the CA signed. */
  readonly allowedNames?: readonly string[];
  readonly usernameHeaders?: readonly string[];
  readonly uidHeaders?: readonly string[];
  readonly groupHeaders?: readonly string[];
  readonly extraHeadersPrefixes?: readonly string[];
}

const NONE: AuthenticationResult = { type: 'none' };

/** Believes the user that a front proxy states, once the proxy's own certificate is verified. */
export function requestHeaderAuthenticator(options: RequestHeaderOptions): Authenticator {
  const certificates = new ClientCertificates(options);
  const { allowedNames = [] } = options;
  return {
    name: 'request-header',
    authenticate(request) {
      if (request.peerCertificates.length === 0) return NONE;
      const user = statedUser(request, options);
      if (user === undefined) return NONE;
      const proxy = certificates.verify(request.peerCertificates);
      // Another client's certificate is no mistake: headers without a trusted proxy mean nothing.
      if (typeof proxy === 'string') return NONE;
      if (allowedNames.length > 0 && !allowedNames.includes(proxy.commonName)) {
        return { type: 'rejected', reason: `x509: subject with cn=${proxy.commonName} is not in the allowed list` };
      }
      return { type: 'authenticated', user };
    },
  };
}

function statedUser(request: AuthenticationRequest, options: RequestHeaderOptions): UserInfo | undefined {
  const { usernameHeaders = ['X-Remote-User'], uidHeaders = ['X-Remote-Uid'], groupHeaders = ['X-Remote-Group'], extraHeadersPrefixes = ['X-Remote-Extra-'] } = options;
  const first = (names: readonly string[]): string | undefined => names.map((name) => request.header(name.toLowerCase())).find((value) => value !== undefined && value !== '');
  const name = first(usernameHeaders);
  if (name === undefined) return undefined;
  const uid = first(uidHeaders);
  const groups = groupHeaders.flatMap((header) => valuesOf(request, header.toLowerCase()));
  const extra = statedExtra(request, extraHeadersPrefixes);
  return { name, ...(uid === undefined ? {} : { uid }), groups, ...(extra === undefined ? {} : { extra }) };
}

function valuesOf(request: AuthenticationRequest, header: string): readonly string[] {
  const all = request.headersWithPrefix?.(header).find(([name]) => name === header);
  if (all !== undefined) return all[1];
  const value = request.header(header);
  return value === undefined ? [] : [value];
}

function statedExtra(request: AuthenticationRequest, prefixes: readonly string[]): UserInfo['extra'] {
  const extra: JsonObject = {};
  let any = false;
  for (const prefix of prefixes) {
    for (const [name, values] of request.headersWithPrefix?.(prefix.toLowerCase()) ?? []) {
      any = true;
      setOwn(extra, unescapeKey(name.slice(prefix.length)), [...values]);
    }
  }
  return any ? (extra as Readonly<Record<string, readonly string[]>>) : undefined;
}
