import { StateKey } from '../../framework/cycle-state.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import type { SharedPod } from '../../framework/objects.ts';
import type { Plugin } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { Status } from '../../framework/status.ts';
import { compile, constraintsOf, HOSTNAME, type Constraint, type SharedConstraint } from './constraint.ts';
import { defaultSelectors } from './default-selector.ts';
import { DomainCounts } from './domain-counts.ts';
import { normalizeSkew, SoftConstraints } from './soft-constraints.ts';

export interface PodTopologySpreadArgs {
  /** For pods without constraints of their own; `System` stands for Kubernetes', which ask for hosts and zones softly. */
  readonly defaultConstraints?: readonly SharedConstraint[];
  readonly defaultingType?: 'System' | 'List';
}

const SYSTEM_CONSTRAINTS: readonly SharedConstraint[] = [
  { topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

const SKEWED = Status.unschedulable("node(s) didn't match pod topology spread constraints");
const NO_LABEL = Status.unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");

/** Spreads the pods of a workload over the domains of a topology, strictly or as far as possible. */
export function podTopologySpread({ defaultConstraints = [], defaultingType = 'System' }: PodTopologySpreadArgs = {}, handle: Pick<SchedulerHandle, 'nodes' | 'informers'>): Plugin {
  const hardKey = new StateKey<DomainCounts>('PodTopologySpread');
  const softKey = new StateKey<SoftConstraints>('PodTopologySpread soft');
  const defaults = defaultingType === 'System' ? SYSTEM_CONSTRAINTS : defaultConstraints;
  const selectorFor = defaultSelectors(handle.informers);
  const chosen = (pod: PodInfo, when: SharedConstraint['whenUnsatisfiable']): Constraint[] => {
    if ((pod.pod.spec?.topologySpreadConstraints?.length ?? 0) > 0) return constraintsOf(pod, when);
    const wanted = defaults.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when);
    if (wanted.length === 0) return [];
    const selector = selectorFor(pod);
    return selector.isNothing ? [] : wanted.map((constraint) => compile(constraint, pod.pod.metadata, selector));
  };
  return {
    name: 'PodTopologySpread',
    events: [
      { resource: 'AssignedPod', actions: ['Add', 'Delete', 'UpdatePodLabel'], hint: (pod, { old, current }) => (isCounted(pod, [old as SharedPod, current as SharedPod], chosen(pod, 'DoNotSchedule')) ? 'Queue' : 'Skip') },
      { resource: 'UnscheduledPod', actions: ['UpdatePodLabel', 'UpdatePodTolerations'], hint: (pod, { current }) => (current?.metadata.uid === pod.uid ? 'Queue' : 'Skip') },
      { resource: 'Node', actions: ['Add', 'Delete', 'UpdateNodeLabel', 'UpdateNodeTaint'] },
    ],
    preFilter: (state, pod, nodes) => {
      const constraints = chosen(pod, 'DoNotSchedule');
      if (constraints.length === 0) return Status.skip();
      state.set(hardKey, DomainCounts.count(pod, nodes, constraints));
      return undefined;
    },
    addPod: (state, pod, change) => {
      state.get(hardKey)?.change(pod, { ...change, by: 1 });
      return undefined;
    },
    removePod: (state, pod, change) => {
      state.get(hardKey)?.change(pod, { ...change, by: -1 });
      return undefined;
    },
    filter: (state, { pod }, { labels }) => {
      for (const domain of state.get(hardKey)?.domains ?? []) {
        const { topologyKey, maxSkew, selector } = domain.constraint;
        const value = labels[topologyKey];
        if (value === undefined) return NO_LABEL;
        const own = selector.matches(pod.metadata.labels) ? 1 : 0;
        if (domain.at(value) + own - domain.least > maxSkew) return SKEWED;
      }
      return undefined;
    },
    preScore: (state, pod, candidates) => {
      const constraints = chosen(pod, 'ScheduleAnyway');
      if (constraints.length === 0) return Status.skip();
      const isOwn = (pod.pod.spec?.topologySpreadConstraints?.length ?? 0) > 0;
      state.set(softKey, SoftConstraints.count(pod, constraints, { nodes: handle.nodes(), candidates, needsAllKeys: isOwn || defaultingType === 'List' }));
      return undefined;
    },
    score: (state, pod, node) => state.get(softKey)?.score(pod, node) ?? 0,
    normalizeScores: (_state, _pod, { scores }) => normalizeSkew(scores),
  };
}

function isCounted({ namespace }: PodInfo, others: readonly (SharedPod | undefined)[], constraints: readonly Constraint[]): boolean {
  return others.some((other) => other !== undefined && other.metadata.namespace === namespace && constraints.some(({ selector }) => selector.matches(other.metadata.labels)));
}
