import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { LabelSelector, LabelSelectorError, labelSelectorFromMap, makeRequirement, type LabelOperator } from '../../machinery/label-selector.ts';
import type { SharedNode, SharedPod } from './objects.ts';

const OPERATORS: Readonly<Record<NodeSelectorRequirement['operator'], LabelOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt' };

/** One term of a node selector: labels and fields must match; an empty term matches nothing. */
export class NodeTerm {
  readonly #labels: LabelSelector;
  readonly #fields: readonly ((name: string) => boolean)[];

  constructor({ matchExpressions = [], matchFields = [] }: DeepReadonly<NodeSelectorTerm>) {
    const isEmpty = matchExpressions.length === 0 && matchFields.length === 0;
    this.#labels = isEmpty ? LabelSelector.nothing() : compileExpressions(matchExpressions);
    this.#fields = matchFields.map(compileField);
  }

  matches(node: SharedNode): boolean {
    if (!this.#labels.matches(node.metadata.labels)) return false;
    for (const field of this.#fields) if (!field(node.metadata.name ?? '')) return false;
    return true;
  }
}

/** Terms of which one must match. */
export class NodeTerms {
  readonly #terms: readonly NodeTerm[];

  constructor(terms: readonly DeepReadonly<NodeSelectorTerm>[]) {
    this.#terms = terms.map((term) => new NodeTerm(term));
  }

  matches(node: SharedNode): boolean {
    for (const term of this.#terms) if (term.matches(node)) return true;
    return false;
  }
}

/** What a pod demands of its node's labels and name: `nodeSelector` and required node affinity. */
export class RequiredNodeAffinity {
  readonly #selector: LabelSelector | undefined;
  readonly #terms: NodeTerms | undefined;

  constructor({ spec }: SharedPod) {
    const selector = spec?.nodeSelector ?? {};
    const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    this.#selector = Object.keys(selector).length === 0 ? undefined : labelSelectorFromMap(selector);
    this.#terms = required && new NodeTerms(required.nodeSelectorTerms);
  }

  /** True when every node will do. */
  get isEmpty(): boolean {
    return this.#selector === undefined && this.#terms === undefined;
  }

  matches(node: SharedNode): boolean {
    if (this.#selector !== undefined && !this.#selector.matches(node.metadata.labels)) return false;
    return this.#terms === undefined || this.#terms.matches(node);
  }
}

/** An expression that cannot be understood matches nothing. */
function compileExpressions(expressions: readonly DeepReadonly<NodeSelectorRequirement>[]): LabelSelector {
  try {
    return LabelSelector.of(expressions.map(({ key, operator, values }) => makeRequirement(key, OPERATORS[operator], values ?? [])));
  } catch (error) {
    if (error instanceof LabelSelectorError) return LabelSelector.nothing();
    throw error;
  }
}

/** The only field is the name. */
function compileField({ key, operator, values = [] }: DeepReadonly<NodeSelectorRequirement>): (name: string) => boolean {
  const [value] = values;
  if (key !== 'metadata.name' || values.length !== 1) return () => false;
  if (operator === 'In') return (name) => name === value;
  if (operator === 'NotIn') return (name) => name !== value;
  return () => false;
}
