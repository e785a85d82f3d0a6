import type { WebhookTarget } from './webhook-target.ts';

interface NodeError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly cert?: { readonly subjectaltname?: string; readonly valid_to?: string };
}

const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
  'CERT_UNTRUSTED',
]);

const DIAL_FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
};

/** Node.js calls these a reset, too: before the head of an answer, and behind it. */
const ENDINGS: Readonly<Record<string, string>> = { 'socket hang up': 'EOF', aborted: 'unexpected EOF' };

/** What Go's HTTP client says of a failure that Node.js words in its own way. */
export function connectionFailure(error: Error, target: WebhookTarget): string {
  const { code = '', address, port, hostname, message } = error as NodeError;
  const dial = DIAL_FAILURES[code];
  if (dial !== undefined) return address === undefined ? `dial tcp ${target.host}:${target.port}: ${dial}` : `dial tcp ${hostPort(address, port ?? target.port)}: ${dial}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${hostname ?? target.host}: no such host`;
  if (code === 'ECONNRESET' || code === 'EPIPE') return ENDINGS[message] ?? 'connection reset by peer';
  if (code.startsWith('HPE_')) return `net/http: HTTP/1.x transport connection broken: malformed HTTP response: ${message}`;
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return tlsFailure(code, message);
  const certificate = certificateFailure(error as NodeError, target);
  return certificate === undefined ? message || code : `tls: failed to verify certificate: x509: ${certificate}`;
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function tlsFailure(code: string, message: string): string {
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || message.includes('wrong version number') || message.includes('packet length too long')) return 'http: server gave HTTP response to HTTPS client';
  return `remote error: tls: ${message}`;
}

function certificateFailure({ code = '', cert }: NodeError, target: WebhookTarget): string | undefined {
  if (UNKNOWN_AUTHORITY.has(code)) return 'certificate signed by unknown authority';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'certificate has expired or is not yet valid';
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  const wanted = target.serverName ?? target.host;
  const names = (cert?.subjectaltname ?? '').split(', ').flatMap((name) => {
    const value = name.slice(name.indexOf(':') + 1);
    return name === '' ? [] : [value];
  });
  return names.length === 0 ? `certificate is not valid for any names, but wanted to match ${wanted}` : `certificate is valid for ${names.join(', ')}, not ${wanted}`;
}
