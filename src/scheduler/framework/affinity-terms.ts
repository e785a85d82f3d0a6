import type { PodAffinityTerm } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { LabelSelector, LabelSelectorError, labelSelectorFromObject, type LabelSelectorObject, type Labels } from '../../machinery/label-selector.ts';
import type { SharedPod } from './objects.ts';

/** A term of a pod's affinity or anti-affinity to other pods, compiled. */
export interface AffinityTerm {
  readonly topologyKey: string;
  readonly weight: number;
  readonly selector: LabelSelector;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: LabelSelector;
  /** The same for terms that mean the same, but for their weight. */
  readonly key: string;
}

export interface AffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly AffinityTerm[];
  readonly preferredAnti: readonly AffinityTerm[];
}

const NO_TERMS: AffinityTerms = Object.freeze({ required: [], requiredAnti: [], preferred: [], preferredAnti: [] });

export function affinityTermsOf(pod: SharedPod): AffinityTerms {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return NO_TERMS;
  const namespace = pod.metadata.namespace ?? '';
  const required = (terms: readonly DeepReadonly<PodAffinityTerm>[] = []): AffinityTerm[] => terms.map((term) => compileTerm(term, namespace, 0));
  const preferred = (terms: readonly { readonly podAffinityTerm: DeepReadonly<PodAffinityTerm>; readonly weight: number }[] = []): AffinityTerm[] =>
    terms.map(({ podAffinityTerm, weight }) => compileTerm(podAffinityTerm, namespace, weight));
  return {
    required: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAnti: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAnti: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

/** `matchLabelKeys` and `mismatchLabelKeys` are merged into the selector by the API server when the pod is created. */
function compileTerm(term: DeepReadonly<PodAffinityTerm>, podNamespace: string, weight: number): AffinityTerm {
  const { topologyKey, labelSelector, namespaces = [], namespaceSelector } = term;
  const chosen = namespaces.length === 0 && namespaceSelector === undefined ? [podNamespace] : namespaces;
  const selector = selectorOrNothing(labelSelector);
  const inNamespaces = selectorOrNothing(namespaceSelector);
  const key = [topologyKey, chosen.join(','), textOf(inNamespaces), textOf(selector)].join('\n');
  return { topologyKey, weight, selector, namespaces: new Set(chosen), namespaceSelector: inNamespaces, key };
}

function textOf(selector: LabelSelector): string {
  return selector.isNothing ? '-' : selector.toString();
}

/** A selector that validation would not let in selects nothing. */
export function selectorOrNothing(selector: LabelSelectorObject | undefined): LabelSelector {
  try {
    return labelSelectorFromObject(selector);
  } catch (error) {
    if (error instanceof LabelSelectorError) return LabelSelector.nothing();
    throw error;
  }
}

/** Whether the term means the pod; `namespaceLabels` are those of the pod's namespace. */
export function termMatches(term: AffinityTerm, pod: SharedPod, namespaceLabels: Labels | undefined): boolean {
  const { namespace = '', labels } = pod.metadata;
  const inNamespace = term.namespaces.has(namespace) || (!term.namespaceSelector.isNothing && term.namespaceSelector.matches(namespaceLabels));
  return inNamespace && term.selector.matches(labels);
}
