// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { LabelSelector, ListMeta } from './meta-v1.ts';

export type AggregationRule = {
  clusterRoleSelectors?: LabelSelector[];
};

export type ClusterRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'ClusterRole';
  aggregationRule?: AggregationRule;
  metadata: ObjectMeta;
  rules?: PolicyRule[] | null;
};

export type ClusterRoleBinding = {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'ClusterRoleBinding';
  metadata: ObjectMeta;
  roleRef: RoleRef;
  subjects?: Subject[];
};

export type ClusterRoleBindingList = {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'ClusterRoleBindingList';
  items: ClusterRoleBinding[];
  metadata: ListMeta;
};

export type ClusterRoleList = {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'ClusterRoleList';
  items: ClusterRole[];
  metadata: ListMeta;
};

export type PolicyRule = {
  apiGroups?: string[];
  nonResourceURLs?: string[];
  resourceNames?: string[];
  resources?: string[];
  verbs: string[];
};

export type Role = {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'Role';
  metadata: ObjectMeta;
  rules?: PolicyRule[] | null;
};

export type RoleBinding = {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'RoleBinding';
  metadata: ObjectMeta;
  roleRef: RoleRef;
  subjects?: Subject[];
};

export type RoleBindingList = {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'RoleBindingList';
  items: RoleBinding[];
  metadata: ListMeta;
};

export type RoleList = {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'RoleList';
  items: Role[];
  metadata: ListMeta;
};

export type RoleRef = {
  apiGroup?: string;
  kind: string;
  name: string;
};

export type Subject = {
  apiGroup?: string;
  kind: string;
  name: string;
  namespace?: string;
};
