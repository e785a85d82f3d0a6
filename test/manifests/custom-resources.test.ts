import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { outcomes } from './apply-outcomes.ts';
import { OPERATOR_DEFINITIONS } from './operator-definitions.ts';
import { countFields, type Schema } from './schema-parts.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

describe('definitions in the style of large operators', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startTestCluster();
  });

  afterAll(async () => {
    expect(cluster.log).toEqual([]);
    await cluster.close();
  });

  test.each(OPERATOR_DEFINITIONS.map((o) => [(o.definition['metadata'] as { name: string }).name, o] as const))('%s', async (name, { definition, instances }) => {
    const fields = countFields(definition);
    expect(fields).toBeGreaterThan(250);
    const user = await cluster.user(name.replaceAll('.', '-'));
    expect(await user.kubectl('apply --server-side -f -', { stdin: JSON.stringify(definition) })).toBe(`customresourcedefinition.apiextensions.k8s.io/${name} serverside-applied\n`);
    await user.kubectl(`wait crd/${name} --for=condition=Established --timeout=10s`);
    const manifests = instances.map((i) => JSON.stringify(i)).join('\n---\n');
    const resource = name.slice(0, name.indexOf('.'));
    const singular = String(instances[0]?.['kind']).toLowerCase();

    expect(outcomes(await user.kubectl('apply -f -', { stdin: manifests }))).toEqual({ created: instances.length });
    // Where defaults stand inside of lists kubectl sends a patch each time; it changes nothing.
    const revisions = `get ${resource} -o jsonpath='{.items[*].metadata.resourceVersion}'`;
    const before = await user.kubectl(revisions);
    await user.kubectl('apply -f -', { stdin: manifests });
    expect(await user.kubectl(revisions)).toBe(before);
    expect(await user.run('diff -f -', { stdin: manifests })).toEqual({ code: 0, stdout: '', stderr: '' });
    // What the server put into atomic lists by default belongs to the first manager, and is taken from it.
    await user.kubectl('apply --server-side --force-conflicts -f -', { stdin: manifests });
    expect(await user.run('diff --server-side -f -', { stdin: manifests })).toEqual({ code: 0, stdout: '', stderr: '' });

    const list = JSON.parse(await user.kubectl(`get ${resource} -o json`)) as { items: Schema[] };
    const byName = (a: Schema, b: Schema): number => (JSON.stringify(a['metadata']) < JSON.stringify(b['metadata']) ? -1 : 1);
    const given = [...instances].sort(byName);
    expect(list.items.map((i) => i['spec'])).toMatchObject(given.map((i) => i['spec'] as Schema));
    expect((await user.kubectl(`explain ${resource}.spec --recursive`)).split('\n').length).toBeGreaterThan(250);
    expect((await user.kubectl(`get ${resource} -o wide --no-headers`)).trim().split('\n').length).toBe(instances.length);
    const said = await user.fails('apply -f -', { stdin: JSON.stringify({ ...instances[0], spec: { ...(instances[0]?.['spec'] as object), nonsense: 1 } }) });
    expect(said).toMatch(/strict decoding error: unknown field "spec\.nonsense"/);
    expect(await user.kubectl(`delete ${resource} --all`)).toContain(`${singular}.${name.slice(name.indexOf('.') + 1)} "`);
    expect(await user.kubectl(`delete crd ${name}`)).toContain('deleted');
    expect(await user.fails(`get ${resource}.${name.slice(name.indexOf('.') + 1)}`)).toMatch(/doesn't have a resource type/);
  });
});
