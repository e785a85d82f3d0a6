// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { ListMeta } from './meta-v1.ts';

export type ExemptPriorityLevelConfiguration = {
  lendablePercent?: number;
  nominalConcurrencyShares?: number;
};

export type FlowDistinguisherMethod = {
  type: string;
};

export type FlowSchema = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1';
  kind: 'FlowSchema';
  metadata: ObjectMeta;
  spec?: FlowSchemaSpec;
  status?: FlowSchemaStatus;
};

export type FlowSchemaCondition = {
  lastTransitionTime?: string | null;
  message?: string;
  reason?: string;
  status?: string;
  type?: string;
};

export type FlowSchemaList = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1';
  kind: 'FlowSchemaList';
  items: FlowSchema[];
  metadata: ListMeta;
};

export type FlowSchemaSpec = {
  distinguisherMethod?: FlowDistinguisherMethod;
  matchingPrecedence?: number;
  priorityLevelConfiguration: PriorityLevelConfigurationReference;
  rules?: PolicyRulesWithSubjects[];
};

export type FlowSchemaStatus = {
  conditions?: FlowSchemaCondition[];
};

export type GroupSubject = {
  name: string;
};

export type LimitResponse = {
  queuing?: QueuingConfiguration;
  type: string;
};

export type LimitedPriorityLevelConfiguration = {
  borrowingLimitPercent?: number;
  lendablePercent?: number;
  limitResponse?: LimitResponse;
  nominalConcurrencyShares?: number;
};

export type NonResourcePolicyRule = {
  nonResourceURLs: string[];
  verbs: string[];
};

export type PolicyRulesWithSubjects = {
  nonResourceRules?: NonResourcePolicyRule[];
  resourceRules?: ResourcePolicyRule[];
  subjects: Subject[];
};

export type PriorityLevelConfiguration = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1';
  kind: 'PriorityLevelConfiguration';
  metadata: ObjectMeta;
  spec?: PriorityLevelConfigurationSpec;
  status?: PriorityLevelConfigurationStatus;
};

export type PriorityLevelConfigurationCondition = {
  lastTransitionTime?: string | null;
  message?: string;
  reason?: string;
  status?: string;
  type?: string;
};

export type PriorityLevelConfigurationList = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1';
  kind: 'PriorityLevelConfigurationList';
  items: PriorityLevelConfiguration[];
  metadata: ListMeta;
};

export type PriorityLevelConfigurationReference = {
  name: string;
};

export type PriorityLevelConfigurationSpec = {
  exempt?: ExemptPriorityLevelConfiguration;
  limited?: LimitedPriorityLevelConfiguration;
  type: string;
};

export type PriorityLevelConfigurationStatus = {
  conditions?: PriorityLevelConfigurationCondition[];
};

export type QueuingConfiguration = {
  handSize?: number;
  queueLengthLimit?: number;
  queues?: number;
};

export type ResourcePolicyRule = {
  apiGroups: string[];
  clusterScope?: boolean;
  namespaces?: string[];
  resources: string[];
  verbs: string[];
};

export type ServiceAccountSubject = {
  name: string;
  namespace: string;
};

export type Subject = {
  group?: GroupSubject;
  kind: string;
  serviceAccount?: ServiceAccountSubject;
  user?: UserSubject;
};

export type UserSubject = {
  name: string;
};
