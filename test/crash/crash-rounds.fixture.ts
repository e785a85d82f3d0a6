import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FollowedEvents } from './followed-events.fixture.ts';
import { startServer, type ServerChild } from './server-child.fixture.ts';
import { seenIn, textOf, WrittenObjects, type ConfigMap, type Seen } from './written-objects.fixture.ts';

const NAMESPACE = 'crash';
const COLLECTION = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const WRITERS = 8;
const NAMES_PER_WRITER = 20;
const MOST_WRITES_A_ROUND = 300;

export interface CrashFindings {
  readonly acknowledged: number;
  /** Sentences about what is not as it must be; empty is good. */
  readonly broken: readonly string[];
}

/** Lets clients write over HTTPS, kills the server, starts it again on the same data and looks at what they were promised; again and again. */
export async function crashRounds(rounds: number, seed: number): Promise<CrashFindings> {
  const folder = await mkdtemp(join(tmpdir(), 'steersman-crash-'));
  const run = new CrashRun(folder, randomFrom(seed));
  try {
    await run.prepare();
    for (let round = 0; round < rounds; round++) await run.writeAndKill(round);
    await run.check();
  } finally {
    await run.stop();
    await rm(folder, { recursive: true });
  }
  return { acknowledged: run.objects.acknowledged, broken: run.broken };
}

class CrashRun {
  readonly objects = new WrittenObjects();
  readonly broken: string[] = [];
  readonly #folder: string;
  readonly #random: () => number;
  #server: ServerChild | undefined;
  #events = new FollowedEvents(0);
  #serial = 0;
  /** The newest revision that anybody was told of. */
  #newest = 0;

  constructor(folder: string, random: () => number) {
    this.#folder = folder;
    this.#random = random;
  }

  async prepare(): Promise<void> {
    this.#server = await startServer(this.#folder);
    const created = await this.#server.send('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    if (created.status !== 201) throw new Error(JSON.stringify(created.body));
    const { metadata } = (await this.#server.send('GET', COLLECTION)).body as { metadata: { resourceVersion: string } };
    this.#events = new FollowedEvents(Number(metadata.resourceVersion));
    await this.stop();
  }

  /** Everything acknowledged before is looked for, then new writes are sent until the server is killed among them. */
  async writeAndKill(round: number): Promise<void> {
    const server = await this.#restart();
    const unfollow = this.#events.follow(server, COLLECTION);
    await this.#compare(server, `round ${round}`);
    let left = 1 + Math.floor(this.#random() * MOST_WRITES_A_ROUND);
    const acknowledged: [name: string, seen: Seen][] = [];
    let killed: Promise<void> | undefined;
    const write = async (writer: number): Promise<void> => {
      for (;;) {
        const name = `object-${writer}-${Math.floor(this.#random() * NAMES_PER_WRITER)}`;
        const seen = await this.#write(server, name, () => killed !== undefined);
        if (!seen) return;
        acknowledged.push([name, seen]);
        if (--left === 0) killed = server.kill();
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    await killed;
    await unfollow();
    this.#promised.push(...acknowledged);
  }

  /** The last look, at a server that nobody writes to. */
  async check(): Promise<void> {
    const server = await this.#restart();
    const unfollow = this.#events.follow(server, COLLECTION);
    await this.#compare(server, 'at the end');
    await unfollow();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** Acknowledged writes that the watch was not yet asked about. */
  readonly #promised: [name: string, seen: Seen][] = [];

  async #restart(): Promise<ServerChild> {
    this.#server = await startServer(this.#folder);
    return this.#server;
  }

  async #compare(server: ServerChild, when: string): Promise<void> {
    const { items, metadata } = (await server.send('GET', COLLECTION)).body as { items: ConfigMap[]; metadata: { resourceVersion: string } };
    const found = new Map<string, Seen>();
    for (const item of items) {
      try {
        found.set(item.metadata.name, seenIn(item));
      } catch (error) {
        this.broken.push(`${when}: ${String(error)}`);
      }
    }
    this.broken.push(...this.objects.reconcile(found).map((sentence) => `${when}: ${sentence}`));
    const last = Math.max(0, ...[...found.values()].map((seen) => seen.revision));
    this.#newest = Math.max(this.#newest, Number(metadata.resourceVersion));
    await this.#events.reached(last);
    for (const [name, seen] of [...this.#promised, ...found]) {
      if (!this.#events.has(name, seen)) this.broken.push(`${when}: the watch was not told of ${name} at ${seen.revision}`);
    }
    this.#promised.length = 0;
    this.broken.push(...this.#events.broken.splice(0).map((sentence) => `${when}: ${sentence}`));
  }

  /** One write; undefined when the server was killed before it answered. */
  async #write(server: ServerChild, name: string, isKilled: () => boolean): Promise<Seen | undefined> {
    const serial = ++this.#serial;
    const current = this.objects.newest(name);
    const metadata = { name, ...(current && { resourceVersion: String(current.revision) }) };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { serial: String(serial), text: textOf(serial) } };
    this.objects.sending(name, serial);
    try {
      const { status, body } = current ? await server.send('PUT', `${COLLECTION}/${name}`, object) : await server.send('POST', COLLECTION, object);
      if (status !== 200 && status !== 201) throw new Error(`${name} was refused: ${JSON.stringify(body).slice(0, 300)}`);
      const seen = seenIn(body as unknown as ConfigMap);
      if (seen.serial !== serial) this.broken.push(`the answer to serial ${serial} shows ${seen.serial}`);
      if (seen.revision <= (current?.revision ?? this.#newest)) this.broken.push(`revision ${seen.revision} was there before`);
      this.objects.answered(name, seen);
      return seen;
    } catch (error) {
      if (isKilled()) return undefined;
      throw error;
    }
  }
}

/** A small generator of numbers in [0, 1), so that a failing seed can be tried again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
