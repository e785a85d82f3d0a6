import type { ResourceList } from '../pod-template/shapes.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Quantity } from '../../machinery/quantity.ts';
import { usageOf, type Usage } from './usage.ts';

/** One condition on the objects that a quota counts. */
export interface QuotaScope {
  readonly scopeName: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A quota as admission goes by it: what its status says is limited and used. A quota without status limits nothing yet. */
export interface Quota {
  readonly name: string;
  readonly scopes: readonly QuotaScope[];
  readonly hard: Usage;
  readonly used: ReadonlyMap<string, Quantity>;
}

interface QuotaFields {
  readonly spec?: { readonly scopes?: readonly string[]; readonly scopeSelector?: { readonly matchExpressions?: readonly Partial<QuotaScope>[] } };
  readonly status?: { readonly hard?: ResourceList; readonly used?: ResourceList };
}

export function quotaOf(object: DeepReadonly<KubeObject>): Quota {
  const { spec, status } = object as DeepReadonly<KubeObject> & QuotaFields;
  return {
    name: object.metadata.name ?? '',
    scopes: [
      ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists', values: [] })),
      ...(spec?.scopeSelector?.matchExpressions ?? []).map(({ scopeName = '', operator = '', values = [] }) => ({ scopeName, operator, values })),
    ],
    hard: usageOf(status?.hard),
    used: usageOf(status?.used),
  };
}

/** Whether an object's class (of priority, of volume attributes) is one that a scope selects; `undefined` for none. */
export function selectsClass({ operator, values }: QuotaScope, name: string | undefined): boolean {
  switch (operator) {
    case 'Exists':
      return name !== undefined;
    case 'DoesNotExist':
      return name === undefined;
    case 'In':
      return name !== undefined && values.includes(name);
    case 'NotIn':
      return name === undefined || !values.includes(name);
    default:
      return false;
  }
}
