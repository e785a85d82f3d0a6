import type { FlowSchemaSpec, PriorityLevelSpec } from './shapes.ts';

export const EXEMPT = 'exempt';
export const CATCH_ALL = 'catch-all';

const EVERYTHING: Pick<NonNullable<FlowSchemaSpec['rules']>[number], 'resourceRules' | 'nonResourceRules'> = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
};

/** Flow schemas that every server needs, so that they cannot be anything else. */
export const MANDATORY_FLOW_SCHEMAS: ReadonlyMap<string, FlowSchemaSpec> = new Map<string, FlowSchemaSpec>([
  [
    EXEMPT,
    {
      priorityLevelConfiguration: { name: EXEMPT },
      matchingPrecedence: 1,
      rules: [{ subjects: [{ kind: 'Group', group: { name: 'system:masters' } }], ...EVERYTHING }],
    },
  ],
  [
    CATCH_ALL,
    {
      priorityLevelConfiguration: { name: CATCH_ALL },
      matchingPrecedence: 10_000,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [
            { kind: 'Group', group: { name: 'system:unauthenticated' } },
            { kind: 'Group', group: { name: 'system:authenticated' } },
          ],
          ...EVERYTHING,
        },
      ],
    },
  ],
]);

/** Priority levels that every server needs; what the exempt one lends is free. */
export const MANDATORY_PRIORITY_LEVELS: ReadonlyMap<string, PriorityLevelSpec> = new Map<string, PriorityLevelSpec>([
  [EXEMPT, { type: 'Exempt' }],
  [CATCH_ALL, { type: 'Limited', limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } } }],
]);
