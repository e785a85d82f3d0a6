import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Loose } from '../pod-template/shapes.ts';
import type * as v1 from '../types/generated/flowcontrol-v1.ts';

export type FlowSchemaSpec = Loose<v1.FlowSchemaSpec>;
export type FlowSubject = Loose<v1.Subject>;
export type PolicyRulesWithSubjects = Loose<v1.PolicyRulesWithSubjects>;
export type NonResourcePolicyRule = Loose<v1.NonResourcePolicyRule>;
export type ResourcePolicyRule = Loose<v1.ResourcePolicyRule>;
export type PriorityLevelSpec = Loose<v1.PriorityLevelConfigurationSpec>;
export type LimitedPriorityLevel = Loose<v1.LimitedPriorityLevelConfiguration>;
export type ExemptPriorityLevel = Loose<v1.ExemptPriorityLevelConfiguration>;
export type LimitResponse = Loose<v1.LimitResponse>;
export type QueuingConfiguration = Loose<v1.QueuingConfiguration>;
/** Both kinds have the same conditions. */
export type FlowStatus = Loose<v1.FlowSchemaStatus>;

export type FlowSchema = KubeObject & { spec?: FlowSchemaSpec; status?: FlowStatus };
export type PriorityLevelConfiguration = KubeObject & { spec?: PriorityLevelSpec; status?: FlowStatus };
