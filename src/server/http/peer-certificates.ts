import type { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

const NONE: readonly Uint8Array[] = [];

/** A connection's certificates do not change, so they are taken from it once. */
const KEPT = Symbol('peer certificates');
interface Keeping {
  [KEPT]?: readonly Uint8Array[];
}

/** The client's certificate and the chain it sent, leaf first; empty without one. */
export function peerCertificatesOf(socket: TLSSocket): readonly Uint8Array[] {
  const keeping = socket as TLSSocket & Keeping;
  keeping[KEPT] ??= read(socket);
  return keeping[KEPT];
}

function read(socket: TLSSocket): readonly Uint8Array[] {
  if (typeof socket.getPeerX509Certificate !== 'function') return NONE;
  const leaf: X509Certificate | undefined = socket.getPeerX509Certificate();
  if (!leaf) return NONE;
  const chain: Uint8Array[] = [leaf.raw];
  const detailed: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  for (let c = detailed?.issuerCertificate, depth = 0; c?.raw && depth < 8; c = c.issuerCertificate, depth++) {
    if (chain.some((known) => Buffer.compare(known, c.raw) === 0)) break;
    chain.push(c.raw);
  }
  return chain;
}
