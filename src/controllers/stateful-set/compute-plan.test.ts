import { expect, test } from 'vitest';
import type { SharedPod } from '../pods/pod-state.ts';
import { computePlan, type StatefulAction } from './compute-plan.ts';
import type { SharedStatefulSet } from './stateful-identity.ts';

const set = (spec: object): SharedStatefulSet => ({ metadata: { name: 'db' }, spec: { replicas: 4, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }, ...spec } }) as unknown as SharedStatefulSet;

/** `1 old`, `1 new`, each with `unready` or `ending`. */
const pod = (text: string): SharedPod => {
  const [ordinal, revision, state] = text.split(' ');
  return {
    metadata: { name: `db-${ordinal}`, labels: { 'controller-revision-hash': revision }, ...(state === 'ending' && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: state === 'unready' ? 'False' : 'True' }] },
  } as unknown as SharedPod;
};

const shown = (action: StatefulAction): string[] => {
  if (action.type === 'claim' || action.type === 'repair' || action.type === 'retain') return [];
  return [action.type === 'create' ? `create ${action.ordinal} ${action.revision}` : `${action.type} ${action.ordinal}`];
};

const plan = (spec: object, ...pods: string[]): string[] => computePlan(set(spec), { pods: pods.map(pod), current: 'old', update: 'new', nowMs: 0, hasStaleClaim: () => false }).flatMap(shown);

const PARALLEL = { podManagementPolicy: 'Parallel' };
const rolling = (rollingUpdate: object): object => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });

test.each<[string, object, string[], string[]]>([
  ['none', {}, [], ['create 0 new']],
  ['none, below the partition', rolling({ partition: 2 }), [], ['create 0 old']],
  ['a gap', {}, ['0 new', '2 new', '3 new'], ['create 1 new']],
  ['a pod in front that is not ready', {}, ['0 new unready', '2 new'], []],
  ['a pod in front that ends', {}, ['0 new ending', '2 new'], []],
  ['too many', {}, ['0 new', '1 new', '2 new', '3 new', '4 new', '5 new'], ['delete 5']],
  ['too many, one of them ending', {}, ['0 new', '1 new', '2 new', '3 new', '4 new', '5 new ending'], []],
  ['too many, the last one not ready', {}, ['0 new', '1 new', '2 new', '3 new', '4 new', '5 new unready'], ['delete 5']],
  ['too many, one before the last not ready', {}, ['0 new', '1 new', '2 new', '3 new', '4 new unready', '5 new unready'], []],
  ['old ones', {}, ['0 old', '1 old', '2 old', '3 old'], ['delete 3']],
  ['old ones that may go by twos', rolling({ maxUnavailable: '50%' }), ['0 old', '1 old', '2 old', '3 new'], ['delete 2', 'delete 1']],
  ['old ones below the partition', rolling({ partition: 3 }), ['0 old', '1 old', '2 old', '3 new'], []],
  ['in parallel, gaps', PARALLEL, ['1 new unready'], ['create 0 new', 'create 2 new', 'create 3 new']],
  ['in parallel, too many', { ...PARALLEL, replicas: 1 }, ['0 new unready', '1 new', '2 new ending', '3 new'], ['delete 3', 'delete 1']],
  ['in parallel, an old one that is not ready', PARALLEL, ['0 old', '1 old', '2 old', '3 old unready'], ['delete 3']],
  ['in parallel, a new one that is not ready', PARALLEL, ['0 old', '1 old', '2 old', '3 new unready'], []],
  ['in parallel, a new one that is not ready, where two may be', { ...PARALLEL, ...rolling({ maxUnavailable: 2 }) }, ['0 old', '1 old', '2 old', '3 new unready'], ['delete 2']],
])('with %s', (_, spec, pods, actions) => {
  expect(plan(spec, ...pods)).toEqual(actions);
});

test('of very many pods only some are made in one run', () => {
  expect(plan({ ...PARALLEL, replicas: 1_000_000 }, '0 new')).toHaveLength(500);
});
