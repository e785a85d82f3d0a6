import type { Clock } from '../../machinery/clock.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { ObjectReader } from '../object-reader.ts';
import type { AdmissionPlugin } from './admission-plugin.ts';
import { alwaysAdmit } from './always-admit/always-admit.ts';
import { alwaysDeny } from './always-deny/always-deny.ts';
import { alwaysPullImages } from './always-pull-images/always-pull-images.ts';
import { certificateApproval } from './certificates/certificate-approval.ts';
import { certificateSigning } from './certificates/certificate-signing.ts';
import { certificateSubjectRestriction } from './certificates/certificate-subject-restriction.ts';
import { clusterTrustBundleAttest } from './certificates/cluster-trust-bundle-attest.ts';
import { defaultIngressClass } from './default-ingress-class/default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class/default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds/default-toleration-seconds.ts';
import { denyServiceExternalIps } from './deny-service-external-ips/deny-service-external-ips.ts';
import { extendedResourceToleration } from './extended-resource-toleration/extended-resource-toleration.ts';
import { limitRanger } from './limit-ranger/limit-ranger.ts';
import { namespaceExists } from './namespace-exists/namespace-exists.ts';
import { namespaceLifecycle } from './namespace-lifecycle/namespace-lifecycle.ts';
import { nodeDeclaredFeatureValidator } from './node-declared-feature-validator/node-declared-feature-validator.ts';
import { nodeRestriction } from './node-restriction/node-restriction.ts';
import { ownerReferencesPermissionEnforcement, type ResourcesOfKind } from './owner-references/owner-references-permission-enforcement.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize/persistent-volume-claim-resize.ts';
import { isKubernetesPlugin, placeAdmissionPlugin, selectAdmissionPlugins, type AdmissionPluginName } from './plugin-selection.ts';
import { podHardAntiAffinityTopology } from './pod-hard-anti-affinity-topology/pod-hard-anti-affinity-topology.ts';
import { podNodeSelector } from './pod-node-selector/pod-node-selector.ts';
import { podResizeValidator } from './pod-resize-validator/pod-resize-validator.ts';
import { podSecurity, type PodSecurityOptions } from './pod-security/pod-security.ts';
import { podTolerationRestriction } from './pod-toleration-restriction/pod-toleration-restriction.ts';
import { podTopologyLabels } from './pod-topology-labels/pod-topology-labels.ts';
import { priority } from './priority/priority.ts';
import type { QuotaStore } from './resource-quota/quota-store.ts';
import { resourceQuota } from './resource-quota/resource-quota.ts';
import { runtimeClass } from './runtime-class/runtime-class.ts';
import { serviceAccountAdmission } from './service-account/service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection/storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition/taint-nodes-by-condition.ts';

export interface DefaultAdmissionOptions {
  readonly reader: ObjectReader;
  readonly authorizer: Authorizer;
  readonly quotas: QuotaStore;
  /** Which resources a kind is served as, for owner references. */
  readonly resourcesOfKind: ResourcesOfKind;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  /** `--enable-admission-plugins` */
  readonly enabled?: readonly string[];
  /** `--disable-admission-plugins` */
  readonly disabled?: readonly string[];
  readonly podSecurity?: Omit<PodSecurityOptions, 'reader'>;
  /** Plugins that are made elsewhere (webhooks, policies), each put where its name belongs, unless flags turn it off. */
  readonly more?: readonly AdmissionPlugin[];
}

type Make = (options: DefaultAdmissionOptions) => AdmissionPlugin;

/**
 * Those that run in the process. Not among them: webhooks and policies, which are placed from outside, and plugins for
 * kinds and features that are not served (pod groups, jobs of workloads).
 */
const MAKERS: Partial<Record<AdmissionPluginName, Make>> = {
  AlwaysAdmit: () => alwaysAdmit(),
  NamespaceLifecycle: ({ reader }) => namespaceLifecycle(reader),
  NamespaceExists: ({ reader }) => namespaceExists(reader),
  LimitPodHardAntiAffinityTopology: () => podHardAntiAffinityTopology(),
  LimitRanger: ({ reader }) => limitRanger(reader),
  ServiceAccount: ({ reader, random }) => serviceAccountAdmission({ reader, random }),
  NodeRestriction: ({ reader, authorizer }) => nodeRestriction({ reader, authorizer }),
  TaintNodesByCondition: () => taintNodesByCondition(),
  AlwaysPullImages: () => alwaysPullImages(),
  PodSecurity: ({ reader, podSecurity: settings }) => podSecurity({ ...settings, reader }),
  PodNodeSelector: ({ reader }) => podNodeSelector(reader),
  Priority: ({ reader }) => priority(reader),
  DefaultTolerationSeconds: () => defaultTolerationSeconds(),
  PodTolerationRestriction: ({ reader }) => podTolerationRestriction(reader),
  ExtendedResourceToleration: () => extendedResourceToleration(),
  DefaultStorageClass: ({ reader }) => defaultStorageClass(reader),
  StorageObjectInUseProtection: () => storageObjectInUseProtection(),
  OwnerReferencesPermissionEnforcement: ({ authorizer, resourcesOfKind }) => ownerReferencesPermissionEnforcement({ authorizer, resourcesOfKind }),
  PersistentVolumeClaimResize: ({ reader }) => persistentVolumeClaimResize(reader),
  RuntimeClass: ({ reader }) => runtimeClass(reader),
  CertificateApproval: ({ authorizer }) => certificateApproval(authorizer),
  CertificateSigning: ({ authorizer }) => certificateSigning(authorizer),
  ClusterTrustBundleAttest: ({ authorizer }) => clusterTrustBundleAttest(authorizer),
  CertificateSubjectRestriction: () => certificateSubjectRestriction(),
  DefaultIngressClass: ({ reader }) => defaultIngressClass(reader),
  DenyServiceExternalIPs: () => denyServiceExternalIps(),
  PodTopologyLabels: ({ reader }) => podTopologyLabels(reader),
  NodeDeclaredFeatureValidator: ({ reader }) => nodeDeclaredFeatureValidator(reader),
  PodResizeValidator: ({ reader }) => podResizeValidator(reader),
  ResourceQuota: ({ quotas, clock }) => resourceQuota({ quotas, nowMs: () => clock.now() }),
  AlwaysDeny: () => alwaysDeny(),
};

/**
 * The admission of a server in Kubernetes' order, as its flags ask for it. Throws AdmissionPluginsError for flags that
 * cannot be followed.
 */
export function defaultAdmissionPlugins(options: DefaultAdmissionOptions): AdmissionPlugin[] {
  const names = selectAdmissionPlugins(options.enabled, options.disabled);
  const plugins = names.flatMap((name) => MAKERS[name]?.(options) ?? []);
  const more = (options.more ?? []).filter(({ name }) => !isKubernetesPlugin(name) || names.includes(name));
  return more.reduce<AdmissionPlugin[]>(placeAdmissionPlugin, plugins);
}
