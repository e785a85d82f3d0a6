import { Agent, type AgentOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';
import type { ServiceResolver } from './service-resolver.ts';
import type { WebhookTarget } from './webhook-target.ts';

/** How many calls to one target may be under way at once; more wait for one of them. */
const MAX_CONNECTIONS = 64;
const MAX_IDLE_CONNECTIONS = 16;

type OnConnection = (error: Error | null, socket: Duplex) => void;

/**
 * The connections to one target, kept between calls. A Service is resolved whenever a connection is made, so that it is
 * followed when its endpoints move; its certificate stays that of its name.
 */
export class WebhookAgent extends Agent {
  readonly #target: WebhookTarget;
  readonly #resolver: ServiceResolver;

  constructor(target: WebhookTarget, resolver: ServiceResolver) {
    super(agentOptions(target));
    this.#target = target;
    this.#resolver = resolver;
  }

  override createConnection(options: unknown, onConnection?: OnConnection): undefined {
    const done: OnConnection = onConnection ?? (() => undefined);
    void this.#connect(options as ConnectionOptions, done);
    return undefined;
  }

  async #connect(options: ConnectionOptions, done: OnConnection): Promise<void> {
    let socket: Duplex;
    try {
      socket = await this.#open(options);
    } catch (error) {
      done(error as Error, undefined as unknown as Duplex);
      return;
    }
    done(null, socket);
  }

  async #open(options: ConnectionOptions): Promise<Duplex> {
    const { service, host, port, serverName = host } = this.#target;
    const at = service === undefined ? { host, port } : await this.#resolver.resolve(service);
    // Addresses are no server names; a certificate is then checked against the host.
    const name = isIP(serverName) === 0 ? { servername: serverName } : { servername: '' };
    return connect({ ...options, ...at, ...name });
  }
}

function agentOptions({ certificateAuthority, clientCertificate, insecureSkipVerify }: WebhookTarget): AgentOptions {
  return {
    keepAlive: true,
    maxSockets: MAX_CONNECTIONS,
    maxFreeSockets: MAX_IDLE_CONNECTIONS,
    scheduling: 'lifo',
    minVersion: 'TLSv1.2',
    ...(certificateAuthority !== undefined && { ca: certificateAuthority }),
    ...(insecureSkipVerify === true && { rejectUnauthorized: false }),
    ...clientCertificate,
  };
}
