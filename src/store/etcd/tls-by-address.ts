import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import type { ChannelCredentials } from '@grpc/grpc-js';
import type { Etcd3 } from 'etcd3';

export interface EtcdTls {
  /** PEM; who may have signed the servers' certificates. */
  readonly ca: Buffer;
  /** PEM; the client's own certificate and key, where the cluster asks for them. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** What `etcd3` keeps per endpoint, outside its public types. */
interface Host {
  readonly host: string;
  channelCredentials: ChannelCredentials;
  channelOptions?: { readonly [name: string]: unknown };
}

/** Sent where TLS wants a name: an address must not stand there (RFC 6066, section 3), and Node refuses to send one. */
const nameless = 'etcd';

/**
 * Lets endpoints that are IP addresses be reached over TLS. gRPC would send the address as the server's name; instead
 * another name is sent, and the certificate is checked against the address.
 */
export function identifyByAddress(client: Etcd3, tls: EtcdTls): void {
  const { hosts } = (client as unknown as { readonly pool: { readonly hosts: readonly Host[] } }).pool;
  for (const host of hosts) {
    const address = addressOf(host.host);
    if (!address) continue;
    host.channelCredentials = credentials.createSsl(tls.ca, tls.key ?? null, tls.cert ?? null, {
      checkServerIdentity: (_name, certificate) => checkServerIdentity(address, certificate as Parameters<typeof checkServerIdentity>[1]),
    });
    host.channelOptions = { ...host.channelOptions, 'grpc.ssl_target_name_override': nameless };
  }
}

/** The IP address of `10.0.0.1:2379` or `[::1]:2379`; undefined for names. */
function addressOf(hostAndPort: string): string | undefined {
  const host = hostAndPort.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(host) ? host : undefined;
}
