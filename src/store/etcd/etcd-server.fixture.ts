import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../machinery/clock.ts';
import { open } from './etcd-store.ts';
import type { EtcdTls } from './tls-by-address.ts';

/** Files of the server's certificate and key, and of the authority both sides trust. */
export interface ServerTls {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** What the client needs to come in: its certificate is asked for. */
  readonly client: EtcdTls;
}

/** An etcd of the tests' own, from the PATH, on free ports, in a temporary folder. */
export class EtcdServer {
  readonly endpoint: string;
  readonly #tls: ServerTls | undefined;
  readonly #peer: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(endpoint: string, peer: string, folder: string, tls: ServerTls | undefined) {
    this.endpoint = endpoint;
    this.#tls = tls;
    this.#peer = peer;
    this.#folder = folder;
  }

  static async start(tls?: ServerTls): Promise<EtcdServer> {
    const [client, peer] = await freePorts();
    const folder = await mkdtemp(path.join(tmpdir(), 'steersman-etcd-'));
    const server = new EtcdServer(`${tls ? 'https' : 'http'}://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`, folder, tls);
    try {
      await server.run();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  /** Runs, or runs again after `kill`, and resolves when calls are answered. */
  async run(): Promise<void> {
    const tls = this.#tls;
    const child = spawn('etcd', [
      ...(tls ? ['--cert-file', tls.certFile, '--key-file', tls.keyFile, '--trusted-ca-file', tls.caFile, '--client-cert-auth'] : []),
      '--data-dir', path.join(this.#folder, 'data'), '--log-level', 'fatal', '--max-request-bytes', '33554432',
      '--listen-client-urls', this.endpoint, '--advertise-client-urls', this.endpoint,
      '--listen-peer-urls', this.#peer, '--initial-advertise-peer-urls', this.#peer, '--initial-cluster', `default=${this.#peer}`,
    ], { stdio: 'ignore' });
    this.#process = child;
    const missing = new Promise<never>((_resolve, reject) => {
      child.once('error', (cause) => reject(new Error('this test needs etcd in the PATH (Debian: apt-get install etcd-server)', { cause })));
    });
    const store = await Promise.race([open({ endpoints: [this.endpoint], clock: systemClock, timeoutMs: 30_000, ...(tls && { tls: tls.client }) }), missing]);
    await store.close();
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.pid === undefined) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** As a machine that hangs: connections stay, nothing is answered. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports as [number, number];
}
