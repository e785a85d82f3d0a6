import { parseFieldSelector } from '../../../machinery/field-selector.ts';
import type { Attributes } from '../../../server/authorization/authorizer.ts';
import { parseLabelSelector } from '../../../machinery/label-selector.ts';

/** SubjectAccessReviewSpec; what is empty is absent. */
export interface AccessReviewSpec {
  readonly user?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly resourceAttributes?: Readonly<Record<string, unknown>>;
  readonly nonResourceAttributes?: Readonly<Record<string, string>>;
}

interface SelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** What is asked, as a SubjectAccessReview has it. */
export function accessReviewSpec(attributes: Attributes): AccessReviewSpec {
  const { user, verb, path } = attributes;
  return {
    ...(user.name !== '' && { user: user.name }),
    ...(user.uid !== undefined && user.uid !== '' && { uid: user.uid }),
    ...(user.groups.length > 0 && { groups: user.groups }),
    ...(user.extra !== undefined && Object.keys(user.extra).length > 0 && { extra: user.extra }),
    ...(attributes.resourceRequest ? { resourceAttributes: resourceAttributes(attributes) } : { nonResourceAttributes: { path, verb } }),
  };
}

function resourceAttributes({ namespace, verb, group, version, resource, subresource, name, fieldSelector, labelSelector }: Attributes): Readonly<Record<string, unknown>> {
  const fields = Object.entries({ namespace, verb, group, version, resource, subresource, name }).filter(([, value]) => value !== '');
  const byField = fieldSelector === undefined ? [] : parsed(() => parseFieldSelector(fieldSelector).terms.map(({ field, operator, value }): SelectorRequirement => ({ key: field, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] })));
  const byLabel = labelSelector === undefined ? [] : parsed(() => labelRequirements(labelSelector));
  return {
    ...Object.fromEntries(fields),
    ...(byField.length > 0 && { fieldSelector: { requirements: byField } }),
    ...(byLabel.length > 0 && { labelSelector: { requirements: byLabel } }),
  };
}

/** A selector that cannot be read narrows nothing: its request is refused later, by whoever reads it. */
function parsed(read: () => SelectorRequirement[]): SelectorRequirement[] {
  try {
    return read();
  } catch {
    return [];
  }
}

const OPERATORS = { in: 'In', '=': 'In', '==': 'In', notin: 'NotIn', '!=': 'NotIn', exists: 'Exists', '!': 'DoesNotExist' } as const;

/** Comparisons have no form there, and are left out. */
function labelRequirements(text: string): SelectorRequirement[] {
  return parseLabelSelector(text).requirements.flatMap(({ key, operator, values }) => {
    if (operator === 'gt' || operator === 'lt') return [];
    return [{ key, operator: OPERATORS[operator], ...(values.length > 0 && { values }) }];
  });
}
