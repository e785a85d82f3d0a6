import { expect, test } from 'vitest';
import type { ConfigMap } from '../api/types/generated/core-v1.ts';
import { BUILTIN } from '../client/builtin-resources.ts';
import type { Fault } from '../client/fault-transport.ts';
import type { DeepReadonly } from '../machinery/json.ts';
import { Informer } from './informer.ts';
import { seededRandom, TestCluster } from './test-cluster.contract.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

const EXPIRED: Fault = { type: 'answer', status: 410, body: '{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","message":"too old resource version","code":410}' };

function randomFault(random: () => number): Fault | undefined {
  const bytes = Math.floor(random() * 2000);
  const faults: (Fault | undefined)[] = [
    { type: 'refuse' },
    { type: 'answer', status: 500, body: 'upstream failed' },
    { type: 'answer', status: 429, headers: { 'retry-after': '1' } },
    EXPIRED,
    EXPIRED,
    EXPIRED,
    { type: 'delay', ms: 3000 },
    { type: 'hang' },
    { type: 'lose-answer' },
    { type: 'lag', ms: bytes },
    { type: 'break', afterBytes: bytes },
    { type: 'stall', afterBytes: bytes },
  ];
  return random() < 0.5 ? undefined : faults[Math.floor(random() * faults.length)];
}

/** What handlers were told, object by object: each must make sense after the one before. */
class Witness {
  readonly objects = new Map<string, DeepReadonly<ConfigMap>>();
  readonly complaints: string[] = [];

  add(object: DeepReadonly<ConfigMap>): void {
    const name = object.metadata.name ?? '';
    if (this.objects.has(name)) this.complaints.push(`${name} added twice`);
    this.objects.set(name, object);
  }
  update(object: DeepReadonly<ConfigMap>, old: DeepReadonly<ConfigMap>): void {
    const name = object.metadata.name ?? '';
    if (this.objects.get(name) !== old) this.complaints.push(`${name} updated from what was not told`);
    if (object.metadata.uid !== old.metadata.uid) this.complaints.push(`${name} updated to another uid`);
    if (Number(object.metadata.resourceVersion) <= Number(old.metadata.resourceVersion)) this.complaints.push(`${name} went backwards`);
    this.objects.set(name, object);
  }
  remove(object: DeepReadonly<ConfigMap>): void {
    const name = object.metadata.name ?? '';
    if (this.objects.get(name)?.metadata.uid !== object.metadata.uid) this.complaints.push(`${name} deleted that was not there`);
    this.objects.delete(name);
  }
}

async function disturb(cluster: TestCluster, random: () => number): Promise<void> {
  const maps = cluster.admin.resource(BUILTIN.configMaps).inNamespace('test');
  const name = NAMES[Math.floor(random() * NAMES.length)] ?? 'a';
  const what = random();
  if (what < 0.35) await maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'test' }, data: { x: String(random()) } }).catch(() => undefined);
  else if (what < 0.65) await maps.patch(name, 'merge', { data: { x: String(random()) } }).catch(() => undefined);
  else if (what < 0.8) await maps.delete(name).catch(() => undefined);
  else if (what < 0.9) cluster.faults.breakConnections();
  else if (what < 0.92) await cluster.store.compact(await cluster.store.currentRevision());
  else if (what < 0.935) {
    cluster.stopServer();
    await cluster.clock.advance(random() * 20_000);
    await cluster.startServer();
  } else await cluster.clock.advance(random() * 30_000);
}

test.each([1, 2, 3, 4, 5, 6])('an informer shows what is there once the faults are over, and told its handlers a story that holds together (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  const cluster = await TestCluster.open(random);
  const informer = new Informer({ resource: cluster.client.resource(BUILTIN.configMaps).inNamespace('test'), clock: cluster.clock, random });
  const witness = new Witness();
  informer.addHandler({ onAdd: (o) => witness.add(o), onUpdate: (o, old) => witness.update(o, old), onDelete: (o) => witness.remove(o) });
  cluster.fault = () => randomFault(random);
  informer.start();
  for (let step = 0; step < 140; step++) await disturb(cluster, random);
  cluster.fault = undefined;
  // A watch that was stalled is renewed after its silence, one that failed after its backoff: three minutes cover both.
  await cluster.clock.advance(240_000);

  const there = await cluster.admin.resource(BUILTIN.configMaps).inNamespace('test').list();
  const versions = (objects: Iterable<DeepReadonly<ConfigMap>>): string[] => [...objects].map((o) => `${o.metadata.name}@${o.metadata.resourceVersion}`).sort();
  expect(versions(informer.store.all())).toEqual(versions(there.items));
  expect(versions(witness.objects.values())).toEqual(versions(there.items));
  expect(witness.complaints).toEqual([]);
  await informer.stop();
  await cluster.close();
}, 30_000);
