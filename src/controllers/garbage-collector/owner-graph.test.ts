import { describe, expect, test } from 'vitest';
import type { ObjectMeta, OwnerReference } from '../../machinery/object-meta.ts';
import type { ObjectReference } from './object-reference.ts';
import { blockingDependents, OwnerGraph, type GraphEffects } from './owner-graph.ts';

const at = (uid: string, namespace = 'a', kind = 'ConfigMap'): ObjectReference => ({ apiVersion: 'v1', kind, namespace, name: uid, uid });
const owned = (...uids: string[]): ObjectMeta => ({ ownerReferences: uids.map((uid) => owner(uid)) });
const owner = (uid: string, more: Partial<OwnerReference> = {}): OwnerReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid, ...more });
const deleted = (...finalizers: string[]): ObjectMeta => ({ deletionTimestamp: 't', finalizers });
const tried = ({ attemptToDelete }: GraphEffects): string[] => [...attemptToDelete].toSorted();

describe('the graph of owners', () => {
  test('asks for an owner that nobody has seen, and lets it go when it does not exist', () => {
    const graph = new OwnerGraph();
    expect(tried(graph.observe(at('child'), owned('owner')))).toEqual(['owner']);
    expect(graph.node('owner')?.virtual).toBe(true);
    const effects = graph.remove(at('owner'), { virtual: true });
    expect([tried(effects), effects.absent]).toEqual([['child'], [at('owner')]]);
    expect(graph.node('owner')).toBeUndefined();
  });

  test('an owner seen after its dependents is real from then on', () => {
    const graph = new OwnerGraph();
    graph.observe(at('child'), owned('owner'));
    expect(tried(graph.observe(at('owner'), {}))).toEqual([]);
    expect(graph.node('owner')).toMatchObject({ virtual: false, identity: at('owner') });
    expect(tried(graph.remove(at('owner')))).toEqual(['child']);
  });

  test('an owner seen elsewhere than its dependents say makes them doubtful, and those of other namespaces reported', () => {
    const graph = new OwnerGraph();
    graph.observe(at('child', 'b'), owned('owner'));
    const effects = graph.observe(at('owner', 'a'), {});
    expect(tried(effects)).toEqual(['child']);
    expect(effects.invalidNamespace).toEqual([{ dependent: at('child', 'b'), owner: at('owner', 'b') }]);
  });

  test('an owner without a namespace may own everything', () => {
    const graph = new OwnerGraph();
    graph.observe(at('child', 'b'), owned('owner'));
    expect(tried(graph.observe(at('owner', ''), {}))).toEqual([]);
    expect(tried(graph.observe(at('other', 'c'), owned('owner')))).toEqual([]);
  });

  test('an owner that is absent as one dependent says is sought as another says', () => {
    const graph = new OwnerGraph();
    graph.observe(at('one', 'a'), owned('owner'));
    graph.observe(at('two', 'b'), owned('owner'));
    const effects = graph.remove(at('owner', 'a'), { virtual: true });
    expect([tried(effects), [...effects.attemptLater]]).toEqual([['one'], ['owner']]);
    expect(graph.node('owner')?.identity).toEqual(at('owner', 'b'));
  });

  test('a wrong reference never takes a real owner away', () => {
    const graph = new OwnerGraph();
    graph.observe(at('owner', 'a'), {});
    graph.observe(at('child', 'b'), owned('owner'));
    expect(tried(graph.remove(at('owner', 'b'), { virtual: true }))).toEqual(['child']);
    expect(graph.node('owner')).toBeDefined();
  });

  test('foreground deletion looks at the dependents, and at the owner when they are gone', () => {
    const graph = new OwnerGraph();
    graph.observe(at('owner'), {});
    graph.observe(at('child'), { ownerReferences: [owner('owner', { blockOwnerDeletion: true })] });
    expect(tried(graph.observe(at('owner'), deleted('foregroundDeletion'), {}))).toEqual(['child', 'owner']);
    const node = graph.node('owner');
    expect(node && blockingDependents(node).map(({ identity }) => identity.uid)).toEqual(['child']);
    expect(tried(graph.remove(at('child')))).toEqual(['owner']);
  });

  test('a dependent that no longer blocks lets its owner go on', () => {
    const graph = new OwnerGraph();
    graph.observe(at('owner'), {});
    graph.observe(at('child'), { ownerReferences: [owner('owner', { blockOwnerDeletion: true })] });
    expect(tried(graph.observe(at('child'), owned('owner')))).toEqual(['owner']);
    graph.observe(at('child'), {});
    expect(graph.node('owner')?.dependents.size).toBe(0);
  });

  test('orphaning starts once', () => {
    const graph = new OwnerGraph();
    graph.observe(at('owner'), {});
    expect([...graph.observe(at('owner'), deleted('orphan'), {}).attemptToOrphan]).toEqual(['owner']);
    expect([...graph.observe(at('owner'), deleted('orphan', 'x'), deleted('orphan')).attemptToOrphan]).toEqual([]);
  });
});
