import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Loose } from '../pod-template/shapes.ts';
import type * as v1 from '../types/generated/rbac-v1.ts';

export type PolicyRule = Loose<v1.PolicyRule>;
export type Subject = Loose<v1.Subject>;
export type RoleRef = Loose<v1.RoleRef>;

/** A Role, and a ClusterRole without its aggregation. */
export type Role = KubeObject & { rules?: PolicyRule[] | null };
export type ClusterRole = Role & { aggregationRule?: Loose<v1.AggregationRule> };
/** A RoleBinding or a ClusterRoleBinding. */
export type Binding = KubeObject & { roleRef?: RoleRef; subjects?: Subject[] };

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
