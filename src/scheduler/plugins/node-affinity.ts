import type { NodeAffinity } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { StateKey } from '../framework/cycle-state.ts';
import { NodeTerm, NodeTerms } from '../framework/node-selector.ts';
import type { SharedNode } from '../framework/objects.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { Status } from '../framework/status.ts';
import { normalizeScores } from './normalize-scores.ts';

const NO_MATCH = Status.unresolvable("node(s) didn't match Pod's node affinity/selector");
const ADDED_NO_MATCH = Status.unresolvable("node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = Status.unresolvable('pod affinity terms conflict');

type Preferred = readonly { readonly term: NodeTerm; readonly weight: number }[];

export interface NodeAffinityArgs {
  /** Node affinity that the profile demands on top of every pod's own. */
  readonly addedAffinity?: DeepReadonly<NodeAffinity>;
}

/** A pod's `nodeSelector` and node affinity, required and preferred. */
export function nodeAffinity({ addedAffinity }: NodeAffinityArgs = {}): Plugin {
  const preferredKey = new StateKey<Preferred>('NodeAffinity');
  const required = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const addedTerms = required && new NodeTerms(required.nodeSelectorTerms);
  const addedPreferred = preferredTerms(addedAffinity);
  const rejection = (pod: PodInfo, node: SharedNode): Status | undefined => {
    if (addedTerms !== undefined && !addedTerms.matches(node)) return ADDED_NO_MATCH;
    return pod.nodeAffinity.matches(node) ? undefined : NO_MATCH;
  };
  return {
    name: 'NodeAffinity',
    events: [
      {
        resource: 'Node',
        actions: ['Add', 'UpdateNodeLabel'],
        hint: (pod, { old, current }) => (rejection(pod, current as SharedNode) === undefined && (old === undefined || rejection(pod, old as SharedNode) !== undefined) ? 'Queue' : 'Skip'),
      },
    ],
    preFilter: (_state, pod) => {
      if (addedTerms === undefined && pod.nodeAffinity.isEmpty) return Status.skip();
      const names = requiredNames(pod);
      if (names === undefined) return undefined;
      return names.size === 0 ? CONFLICT : { nodeNames: names };
    },
    filter: (_state, pod, { node }) => rejection(pod, node),
    preScore: (state, { pod }) => {
      const terms = [...addedPreferred, ...preferredTerms(pod.spec?.affinity?.nodeAffinity)];
      if (terms.length === 0) return Status.skip();
      state.set(preferredKey, terms);
      return undefined;
    },
    score: (state, _pod, { node }) => {
      let score = 0;
      for (const { term, weight } of state.get(preferredKey) ?? []) if (term.matches(node)) score += weight;
      return score;
    },
    normalizeScores: (_state, _pod, { scores }) => normalizeScores(scores),
  };
}

function preferredTerms(affinity: DeepReadonly<NodeAffinity> | undefined): Preferred {
  return (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ preference, weight }) => {
    const isEmpty = (preference.matchExpressions?.length ?? 0) + (preference.matchFields?.length ?? 0) === 0;
    return weight === 0 || isEmpty ? [] : [{ term: new NodeTerm(preference), weight }];
  });
}

/** The only nodes that can do, where every term names some: then no other is looked at. */
function requiredNames({ pod }: PodInfo): ReadonlySet<string> | undefined {
  const terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    let ofTerm: ReadonlySet<string> | undefined;
    for (const { key, operator, values = [] } of matchFields) {
      if (key !== 'metadata.name' || operator !== 'In') continue;
      const given = new Set(values);
      ofTerm = ofTerm === undefined ? given : ofTerm.intersection(given);
    }
    if (ofTerm === undefined) return undefined;
    for (const name of ofTerm) names.add(name);
  }
  return terms.length === 0 ? undefined : names;
}
