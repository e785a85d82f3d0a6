import { describe, expect, test } from 'vitest';
import { loadFacts } from '../../api/facts/facts.ts';
import { cloneJson } from '../../machinery/json.ts';
import type { CustomResourceDefinition, DefinitionNames } from './custom-resource-definition.ts';
import { CustomResources } from './custom-resources.ts';
import { defaultDefinition } from './definition-defaults.ts';
import { beginDeletion } from './definition-status.ts';
import { definition, obj, str, version } from './example-definitions.ts';
import { objectMetadata } from './object-metadata.ts';

const METADATA = objectMetadata(loadFacts());

/** A store of definitions that tells of every write, as the server's does. */
class Cluster {
  readonly definitions = new Map<string, CustomResourceDefinition>();
  readonly served = new Set<string>();
  readonly retries: (() => void)[] = [];
  /** Objects left by name of definition; -1: deleting fails. */
  readonly held = new Map<string, number>();
  writes = 0;
  failWrites = 0;
  #revision = 0;
  readonly resources = new CustomResources(
    { metadata: METADATA },
    {
      nowMs: () => 0,
      serve: ({ removed, added }) => {
        for (const type of removed) this.served.delete(`${type.apiVersion}/${type.resource}`);
        for (const type of added) this.served.add(`${type.apiVersion}/${type.resource}`);
      },
      writeDefinition: async (changed) => {
        await Promise.resolve();
        this.writes++;
        if (this.failWrites-- > 0) throw new Error('disk full');
        const name = changed.metadata.name ?? '';
        if (this.definitions.get(name)?.metadata.resourceVersion !== changed.metadata.resourceVersion) return;
        if (changed.metadata.deletionTimestamp !== undefined && changed.metadata.finalizers === undefined) this.remove(name);
        else this.put(changed);
      },
      deleteObjects: async (kind) => {
        await Promise.resolve();
        const held = this.held.get(kind.definition.metadata.name ?? '') ?? 0;
        if (held < 0) throw new Error('no disk');
        return held;
      },
      retry: (callback) => this.retries.push(callback),
    },
  );

  put(given: CustomResourceDefinition): void {
    const stored = cloneJson(given);
    stored.metadata.resourceVersion = String(++this.#revision);
    this.definitions.set(stored.metadata.name ?? '', stored);
    this.resources.changed(stored);
  }
  remove(name: string): void {
    const gone = this.definitions.get(name);
    this.definitions.delete(name);
    if (gone !== undefined) this.resources.deleted(gone);
  }
  create(kind: string, names: Partial<DefinitionNames> = {}): string {
    const made = definition('stable.example.com', kind, [version('v1', obj({ spec: obj({ a: str() }) }))]);
    Object.assign(made.spec.names, names);
    made.metadata.name = `${made.spec.names.plural}.stable.example.com`;
    defaultDefinition(made);
    made.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] };
    this.put(made);
    return made.metadata.name;
  }
  delete(name: string): void {
    const going = cloneJson(this.definitions.get(name)) as CustomResourceDefinition;
    going.metadata.deletionTimestamp = '1970-01-01T00:00:00Z';
    beginDeletion(going, 0);
    this.put(going);
  }
  async retry(): Promise<void> {
    for (const callback of this.retries.splice(0)) callback();
    await this.resources.settled();
  }
  condition(name: string, type: string): string | undefined {
    return this.definitions.get(name)?.status?.conditions?.find((condition) => condition.type === type)?.reason;
  }
}

test('a definition is served at once, before its status says so', async () => {
  const cluster = new Cluster();
  const name = cluster.create('CronTab');
  expect([...cluster.served]).toEqual(['stable.example.com/v1/crontabs']);
  await cluster.resources.settled();
  expect([...cluster.served]).toEqual(['stable.example.com/v1/crontabs']);
  expect(cluster.condition(name, 'Established')).toBe('InitialNamesAccepted');
  expect(cluster.writes).toBe(2);
  expect(cluster.resources.kind(name)?.storageVersion.kind).toBe('CronTab');
});

test('two definitions that come at once do not both get the same kind', async () => {
  const cluster = new Cluster();
  cluster.create('CronTab');
  const second = cluster.create('Tab', { kind: 'CronTab', singular: 'tab', listKind: 'TabList' });
  await cluster.resources.settled();
  expect([...cluster.served]).toEqual(['stable.example.com/v1/crontabs']);
  expect(cluster.condition(second, 'NamesAccepted')).toBe('KindConflict');
});

test('who waits for a name gets it when its owner is gone', async () => {
  const cluster = new Cluster();
  const first = cluster.create('CronTab');
  await cluster.resources.settled();
  cluster.create('Tab', { kind: 'CronTab', singular: 'tab', listKind: 'TabList' });
  await cluster.resources.settled();
  cluster.remove(first);
  await cluster.resources.settled();
  expect([...cluster.served]).toEqual(['stable.example.com/v1/tabs']);
});

test('a write that fails is done again', async () => {
  const cluster = new Cluster();
  cluster.failWrites = 1;
  cluster.create('CronTab');
  await cluster.resources.settled();
  expect(cluster.writes).toBe(1);
  await cluster.retry();
  expect([...cluster.definitions.values()].every(({ status }) => status?.acceptedNames.kind === 'CronTab')).toBe(true);
});

test('being told the same again changes nothing', async () => {
  const cluster = new Cluster();
  const name = cluster.create('CronTab');
  await cluster.resources.settled();
  cluster.resources.changed(cluster.definitions.get(name) as CustomResourceDefinition);
  await cluster.resources.settled();
  expect(cluster.writes).toBe(2);
});

describe('a deletion', () => {
  test('clears the objects away, then lets the definition go', async () => {
    const cluster = new Cluster();
    const name = cluster.create('CronTab');
    await cluster.resources.settled();
    cluster.delete(name);
    expect(cluster.resources.kind(name)?.isTerminating).toBe(true);
    await cluster.resources.settled();
    expect(cluster.definitions.size).toBe(0);
    expect(cluster.served.size).toBe(0);
  });

  test('waits for objects that are held, still serving them', async () => {
    const cluster = new Cluster();
    const name = cluster.create('CronTab');
    await cluster.resources.settled();
    cluster.held.set(name, 1);
    cluster.delete(name);
    await cluster.resources.settled();
    expect(cluster.condition(name, 'Terminating')).toBe('InstanceDeletionInProgress');
    expect(cluster.served.size).toBe(1);
    cluster.held.set(name, 0);
    await cluster.retry();
    expect(cluster.definitions.size).toBe(0);
  });

  test('that fails says so, and is tried again', async () => {
    const cluster = new Cluster();
    const name = cluster.create('CronTab');
    await cluster.resources.settled();
    cluster.held.set(name, -1);
    cluster.delete(name);
    await cluster.resources.settled();
    expect(cluster.condition(name, 'Terminating')).toBe('InstanceDeletionFailed');
    cluster.held.delete(name);
    await cluster.retry();
    expect(cluster.definitions.size).toBe(0);
  });
});

test('two thousand definitions of one group are taken in', async () => {
  const cluster = new Cluster();
  for (let i = 0; i < 2000; i++) {
    cluster.create(`Kind${i}`);
    await cluster.resources.settled();
  }
  expect(cluster.served.size).toBe(2000);
}, 30_000);
