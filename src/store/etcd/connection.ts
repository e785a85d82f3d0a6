import type { Etcd3, IKeyValue, IRangeRequest, IRangeResponse, ITxnRequest, ITxnResponse, IWatchRequest, IWatchResponse } from 'etcd3';
import type { Clock } from '../../machinery/clock.ts';
import { sleep } from '../../machinery/clock.ts';
import type { Entry } from '../store.ts';
import { readError, troubleOf, writeError } from './errors-of-etcd.ts';
import type { EtcdTls } from './tls-by-address.ts';

export interface EtcdConnectionOptions {
  /** As `https://10.0.0.1:2379`. A call goes to any of them. */
  readonly endpoints: readonly string[];
  readonly tls?: EtcdTls;
  readonly clock: Clock;
  /** How long a call may take, retries included. Default 10,000. */
  readonly timeoutMs?: number;
}

/** A stream of watch requests and what answers them; ends once, by error or not. */
export interface WatchStream {
  send(request: IWatchRequest): void;
  cancel(): void;
}

export interface WatchStreamListener {
  onResponse(response: IWatchResponse): void;
  onEnd(error: Error | undefined): void;
}

const defaultTimeoutMs = 10_000;
const retryDelayMs = 100;

/** Faults are handled here and not in the package, which would send a write again after losing the answer to it. */
const noPolicy = { execute: async (call: (context: { signal: AbortSignal }) => unknown) => call({ signal: new AbortController().signal }) };

/** Calls to an etcd cluster, each with its deadline; reads are tried again while the deadline lasts, writes never are. */
export class EtcdConnection {
  readonly #client: Etcd3;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  constructor(client: Etcd3, options: EtcdConnectionOptions) {
    this.#client = client;
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  }

  range(request: IRangeRequest): Promise<IRangeResponse> {
    return this.#read((options) => this.#client.kv.range(request, options));
  }

  transaction(request: ITxnRequest): Promise<ITxnResponse> {
    return this.#write((options) => this.#client.kv.txn(request, options));
  }

  async compact(revision: number): Promise<void> {
    await this.#write((options) => this.#client.kv.compact({ revision }, options));
  }

  /** The lease's ID. */
  async grantLease(ttlSeconds: number): Promise<string> {
    const lease = await this.#read((options) => this.#client.leaseClient.leaseGrant({ TTL: ttlSeconds, ID: 0 }, options));
    return lease.ID;
  }

  /** Of the answering member: its version (`3.5.13`), and how many bytes its database takes. */
  async status(): Promise<{ readonly version: string; readonly databaseBytes: number }> {
    const { version, dbSize } = await this.#read((options) => this.#client.maintenance.status(options));
    return { version, databaseBytes: Number(dbSize) };
  }

  async watchStream(listener: WatchStreamListener): Promise<WatchStream> {
    const stream = await this.#client.watchClient.watch();
    let ended = false;
    const end = (error: Error | undefined): void => {
      if (ended) return;
      ended = true;
      listener.onEnd(error);
    };
    stream.on('data', (response) => listener.onResponse(response));
    stream.on('error', end);
    stream.on('end', () => end(undefined));
    return { send: (request) => stream.write(request), cancel: () => stream.cancel() };
  }

  close(): void {
    this.#client.close();
  }

  async #read<T>(call: (options: { readonly deadline: Date }) => Promise<T>): Promise<T> {
    const deadlineMs = this.#clock.now() + this.#timeoutMs;
    for (;;) {
      try {
        return await call({ deadline: new Date(deadlineMs) });
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === 'compacted' || trouble === 'future') throw error;
        const again = (trouble === 'lost' || trouble === 'not-sent' || trouble === 'busy') && this.#clock.now() + retryDelayMs < deadlineMs;
        if (!again) throw readError(error);
      }
      await sleep(this.#clock, retryDelayMs);
    }
  }

  async #write<T>(call: (options: { readonly deadline: Date }) => Promise<T>): Promise<T> {
    try {
      return await call({ deadline: new Date(this.#clock.now() + this.#timeoutMs) });
    } catch (error) {
      const trouble = troubleOf(error);
      throw trouble === 'compacted' || trouble === 'future' || trouble === 'lease-gone' ? error : writeError(error);
    }
  }
}

/** Loads `etcd3` and gRPC, which takes a tenth of a second; connects with the first call. */
export async function connect(options: EtcdConnectionOptions): Promise<EtcdConnection> {
  const { Etcd3: Client } = await import('etcd3');
  const { tls } = options;
  const client = new Client({
    hosts: [...options.endpoints],
    ...(tls && { credentials: { rootCertificate: tls.ca, ...(tls.key && { privateKey: tls.key }), ...(tls.cert && { certChain: tls.cert }) } }),
    grpcOptions: {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2_000,
    },
    faultHandling: { global: noPolicy as never, host: () => noPolicy as never },
  });
  if (tls) {
    const { identifyByAddress } = await import('./tls-by-address.ts');
    identifyByAddress(client, tls);
  }
  return new EtcdConnection(client, options);
}

/** The entry of a key under the store's prefix of `prefixBytes` bytes. */
export function entryOfKeyValue(keyValue: IKeyValue, prefixBytes: number): Entry {
  return {
    key: keyValue.key.toString('utf8', prefixBytes),
    value: keyValue.value,
    createRevision: Number(keyValue.create_revision),
    modRevision: Number(keyValue.mod_revision),
  };
}
