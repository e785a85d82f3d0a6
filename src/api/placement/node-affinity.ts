import { getOwn, type DeepReadonly } from '../../machinery/json.ts';
import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../types/generated/core-v1.ts';

/** Whether the node is one that the pod's nodeSelector and required node affinity ask for. */
export function wantsNode(spec: DeepReadonly<PodSpec> | undefined, node: DeepReadonly<Node>): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(spec?.nodeSelector ?? {})) if (getOwn(labels, key) !== value) return false;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || matchesNodeSelector(required, node);
}

/** One of its terms suffices; none match when there are none. */
export function matchesNodeSelector({ nodeSelectorTerms }: DeepReadonly<NodeSelector>, node: DeepReadonly<Node>): boolean {
  return nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** A term without requirements matches nothing; what cannot be read does neither. */
export function matchesTerm({ matchExpressions = [], matchFields = [] }: DeepReadonly<NodeSelectorTerm>, node: DeepReadonly<Node>): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const { labels = {}, name = '' } = node.metadata;
  return (
    matchExpressions.every((requirement) => matchesRequirement(requirement, getOwn(labels, requirement.key))) &&
    matchFields.every((requirement) => requirement.key === 'metadata.name' && matchesRequirement(requirement, name))
  );
}

function matchesRequirement({ operator, values = [] }: DeepReadonly<NodeSelectorRequirement>, value: string | undefined): boolean {
  switch (operator as string) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const [bound] = values;
      if (values.length !== 1 || bound === undefined || value === undefined || !isInteger(value) || !isInteger(bound)) return false;
      return operator === 'Gt' ? integer(value) > integer(bound) : integer(value) < integer(bound);
    }
    default:
      return false;
  }
}

function isInteger(text: string): boolean {
  return /^[+-]?\d{1,19}$/.test(text);
}

/** BigInt refuses a leading plus. */
function integer(text: string): bigint {
  return BigInt(text.replace(/^\+/, ''));
}
