import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Loose } from '../pod-template/shapes.ts';
import type * as v1 from '../types/generated/admissionregistration-v1.ts';

/** A rule of a webhook; policies may also name resources. */
export type Rule = Loose<v1.NamedRuleWithOperations>;
/** A webhook of either kind: only mutating ones are reinvoked. */
export type Webhook = Loose<v1.MutatingWebhook>;
export type MatchCondition = Loose<v1.MatchCondition>;
export type MatchResources = Loose<v1.MatchResources>;
export type ParamKind = Loose<v1.ParamKind>;
export type ParamRef = Loose<v1.ParamRef>;
export type Variable = Loose<v1.Variable>;
export type Validation = Loose<v1.Validation>;
export type AuditAnnotation = Loose<v1.AuditAnnotation>;
export type Mutation = Loose<v1.Mutation>;
export type Selector = MatchResources['namespaceSelector'];

export type WebhookConfiguration = KubeObject & { webhooks?: Webhook[] };
export type ValidatingPolicy = KubeObject & { spec?: Loose<v1.ValidatingAdmissionPolicySpec>; status?: Loose<v1.ValidatingAdmissionPolicyStatus> };
export type MutatingPolicy = KubeObject & { spec?: Loose<v1.MutatingAdmissionPolicySpec> };
export type ValidatingBinding = KubeObject & { spec?: Loose<v1.ValidatingAdmissionPolicyBindingSpec> };
export type MutatingBinding = KubeObject & { spec?: Loose<v1.MutatingAdmissionPolicyBindingSpec> };
