import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import type { KubectlUser } from '../support/kubectl.ts';
import { outcomes } from './apply-outcomes.ts';

const FOLDER = join(import.meta.dirname, 'applications');
const FILES = readdirSync(FOLDER).sort();

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  items?: Manifest[];
}

function read(file: string): Manifest[] {
  const documents = parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'), { version: '1.1', merge: true });
  return documents.map((d) => d.toJS() as Manifest).flatMap((m) => m.items ?? [m]);
}

const OBJECTS = FILES.flatMap(read);

/** kubectl's own three-way merge, or the server's. */
export interface Way {
  readonly way: 'client' | 'server';
  readonly flags: string;
  /** What kubectl calls an object that it changed. */
  readonly changed: string;
  readonly diffFlags: string;
}

/** A later edition of every manifest: a label more. */
const CHANGED = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: OBJECTS.map((o) => ({ ...o, metadata: { ...o.metadata, labels: { ...o.metadata.labels, edition: 'second' } } })),
});

/** Tests: the manifests are applied, applied again, compared, listed, changed, changed back and deleted. */
export function describeManifests({ way, flags, changed, diffFlags }: Way): void {
  describe(`manifests as people write them, applied on the ${way} side`, () => {
    let cluster: TestCluster;
    let user: KubectlUser;

    beforeAll(async () => {
      cluster = await startTestCluster();
      user = await cluster.user(`manifests-${way}`);
      await user.kubectl('create serviceaccount default');
    });

    afterAll(async () => {
      expect(cluster.log).toEqual([]);
      await cluster.close();
    });

    test('every object is created', async () => {
      const made = way === 'client' ? 'created' : 'serverside-applied';
      expect(outcomes(await user.kubectl(`apply ${flags} -f ${FOLDER}`))).toEqual({ [made]: OBJECTS.length });
    });

    test('applied again, nothing changes and nothing is written', async () => {
      const before = await user.kubectl(`get -f ${FOLDER} -o jsonpath='{.items[*].metadata.resourceVersion}'`);
      // kubectl's own merge sends patches for what the server holds in another form (stringData, defaults inside of
      // atomic lists) and calls them `configured`; they change nothing.
      expect(Object.keys(outcomes(await user.kubectl(`apply ${flags} -f ${FOLDER}`)))).not.toContain('created');
      expect(await user.kubectl(`get -f ${FOLDER} -o jsonpath='{.items[*].metadata.resourceVersion}'`)).toBe(before);
    });

    test('the diff is empty', async () => {
      expect(await user.run(`diff ${diffFlags} -f ${FOLDER}`)).toEqual({ code: 0, stdout: '', stderr: '' });
    });

    test('every object is listed in every form', async () => {
      const names = (await user.kubectl(`get -f ${FOLDER} -o name`)).trim().split('\n');
      expect(names.length).toBe(OBJECTS.length);
      expect(names.map((n) => n.slice(n.indexOf('/') + 1))).toEqual(OBJECTS.map((o) => o.metadata.name));
      const list = JSON.parse(await user.kubectl(`get -f ${FOLDER} -o json`)) as { items: Manifest[] };
      expect(list.items.map((i) => [i.apiVersion, i.kind, i.metadata.name])).toEqual(OBJECTS.map((o) => [o.apiVersion, o.kind, o.metadata.name]));
      expect((await user.kubectl(`get -f ${FOLDER} --no-headers -o custom-columns=N:.metadata.name`)).trim().split('\n')).toEqual(OBJECTS.map((o) => o.metadata.name));
      const wide = await user.kubectl(`get -f ${FOLDER} -o wide`);
      for (const name of names) expect(wide).toContain(name.slice(name.indexOf('/') + 1));
      expect(parseAllDocuments(await user.kubectl(`get -f ${FOLDER} -o yaml`))[0]?.errors).toEqual([]);
    });

    test('a later edition changes every object, and only it', async () => {
      const diff = await user.run(`diff ${diffFlags} -f -`, { stdin: CHANGED });
      expect([diff.code, diff.stderr]).toEqual([1, '']);
      const { stdout, stderr } = await user.run(`apply ${flags} -f -`, { stdin: CHANGED });
      expect([stderr, outcomes(stdout)]).toEqual(['', { [changed]: OBJECTS.length }]);
      expect(await user.run(`diff ${diffFlags} -f -`, { stdin: CHANGED })).toEqual({ code: 0, stdout: '', stderr: '' });
      const editions = await user.kubectl(`get -f ${FOLDER} -o jsonpath='{.items[*].metadata.labels.edition}'`);
      expect(editions.split(' ')).toEqual(OBJECTS.map(() => 'second'));
    });

    test('the first edition takes the label back', async () => {
      await user.kubectl(`apply ${flags} -f ${FOLDER}`);
      expect(await user.kubectl(`get -f ${FOLDER} -o jsonpath='{.items[*].metadata.labels.edition}'`)).toBe('');
    });

    test('every object is deleted', async () => {
      const watch = await user.start('get configmaps --watch --output-watch-events --no-headers');
      await watch.printed(/ADDED +settings/);
      await user.kubectl(`delete -f ${FOLDER} --wait=false`);
      await watch.printed(/DELETED +settings/);
      watch.stop();
      await watch.done;
      // Without controllers, what has finalizers stays marked: claims, volumes, and namespaces with what is in them.
      const left = (await user.run(`get -f ${FOLDER} -o name --ignore-not-found`)).stdout.trim().split('\n');
      for (const name of left.filter((n) => n !== '' && !n.startsWith('namespace/'))) {
        await user.kubectl(['patch', name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
      }
      const stays = (await user.run(`get -f ${FOLDER} -o name --ignore-not-found`)).stdout.trim();
      expect(stays).toMatch(/^(namespace\/manifests-team-a)?$/);
    });
  });
}
