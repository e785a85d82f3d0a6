/**
 * The built-in types as rules see them: every field may be missing, since saying that one is required is what the rules
 * are for.
 */
import type * as v1 from '../types/generated/core-v1.ts';
import type { ObjectMeta } from '../../machinery/object-meta.ts';

export type Loose<T> = T extends (infer U)[] ? Loose<U>[] : T extends object ? { [K in keyof T]?: Loose<T[K]> | undefined } : T;

export type Affinity = Loose<v1.Affinity>;
export type Capabilities = Loose<v1.Capabilities>;
export type Container = Loose<v1.Container>;
export type ContainerPort = Loose<v1.ContainerPort>;
export type ContainerStatus = Loose<v1.ContainerStatus>;
export type EnvFromSource = Loose<v1.EnvFromSource>;
export type EnvVar = Loose<v1.EnvVar>;
export type EnvVarSource = Loose<v1.EnvVarSource>;
export type EphemeralContainer = Loose<v1.EphemeralContainer>;
export type KeyToPath = Loose<v1.KeyToPath>;
export type LabelSelector = {
  matchLabels?: { [key: string]: string | undefined } | undefined;
  matchExpressions?: { key?: string | undefined; operator?: string | undefined; values?: string[] | undefined }[] | undefined;
};
export type LifecycleHandler = Loose<v1.LifecycleHandler>;
export type NodeSelector = Loose<v1.NodeSelector>;
export type NodeSelectorRequirement = Loose<v1.NodeSelectorRequirement>;
export type NodeSelectorTerm = Loose<v1.NodeSelectorTerm>;
export type ObjectFieldSelector = Loose<v1.ObjectFieldSelector>;
export type PodAffinityTerm = Loose<v1.PodAffinityTerm>;
export type PodCondition = Loose<v1.PodCondition>;
export type PodResourceClaim = Loose<v1.PodResourceClaim>;
export type PodSecurityContext = Loose<v1.PodSecurityContext>;
export type PodSpec = Loose<v1.PodSpec>;
export type PodStatus = Loose<v1.PodStatus>;
export type Probe = Loose<v1.Probe>;
export type ResourceFieldSelector = Loose<v1.ResourceFieldSelector>;
export type ResourceRequirements = Loose<v1.ResourceRequirements>;
export type SecurityContext = Loose<v1.SecurityContext>;
export type Taint = Loose<v1.Taint>;
export type Toleration = Loose<v1.Toleration>;
export type TopologySpreadConstraint = Loose<v1.TopologySpreadConstraint>;
export type Volume = Loose<v1.Volume>;
export type VolumeMount = Loose<v1.VolumeMount>;
export type VolumeProjection = Loose<v1.VolumeProjection>;
export type WindowsOptions = Loose<v1.WindowsSecurityContextOptions>;

/** Amounts by resource name, as quantity texts. */
export type ResourceList = { [name: string]: string | undefined };

export interface PodTemplateSpec {
  metadata?: ObjectMeta | undefined;
  spec?: PodSpec | undefined;
}
