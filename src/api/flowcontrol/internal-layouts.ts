/** How findings show whole specs of flow control; the notation is that of the layouts of pods. */
export const FLOW_LAYOUTS: Readonly<Record<string, string>> = {
  FlowSchemaSpec: 'PriorityLevelConfiguration:.Reference MatchingPrecedence:i DistinguisherMethod:&DistinguisherMethod Rules:[PolicyRulesWithSubjects',
  Reference: 'Name:s',
  DistinguisherMethod: 'Type:s',
  PolicyRulesWithSubjects: 'Subjects:[Subject ResourceRules:[ResourcePolicyRule NonResourceRules:[NonResourcePolicyRule',
  Subject: 'Kind:s User:&Reference Group:&Reference ServiceAccount:&ServiceAccountSubject',
  ServiceAccountSubject: 'Namespace:s Name:s',
  ResourcePolicyRule: 'Verbs:* APIGroups=apiGroups:* Resources:* ClusterScope:b Namespaces:*',
  NonResourcePolicyRule: 'Verbs:* NonResourceURLs:*',
  PriorityLevelConfigurationSpec: 'Type:s Limited:&Limited Exempt:&Exempt',
  Limited: 'NominalConcurrencyShares:i LimitResponse:.LimitResponse LendablePercent:* BorrowingLimitPercent:*',
  LimitResponse: 'Type:s Queuing:&Queuing',
  Queuing: 'Queues:i HandSize:i QueueLengthLimit:i',
  Exempt: 'NominalConcurrencyShares:* LendablePercent:*',
};
