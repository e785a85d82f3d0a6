import type * as admissionregistrationV1 from '../api/types/generated/admissionregistration-v1.ts';
import type * as apiextensionsV1 from '../api/types/generated/apiextensions-v1.ts';
import type * as apiregistrationV1 from '../api/types/generated/apiregistration-v1.ts';
import type * as appsV1 from '../api/types/generated/apps-v1.ts';
import type * as autoscalingV2 from '../api/types/generated/autoscaling-v2.ts';
import type * as batchV1 from '../api/types/generated/batch-v1.ts';
import type * as certificatesV1 from '../api/types/generated/certificates-v1.ts';
import type * as coordinationV1 from '../api/types/generated/coordination-v1.ts';
import type * as coreV1 from '../api/types/generated/core-v1.ts';
import type * as discoveryV1 from '../api/types/generated/discovery-v1.ts';
import type * as eventsV1 from '../api/types/generated/events-v1.ts';
import type * as flowcontrolV1 from '../api/types/generated/flowcontrol-v1.ts';
import type * as networkingV1 from '../api/types/generated/networking-v1.ts';
import type * as nodeV1 from '../api/types/generated/node-v1.ts';
import type * as policyV1 from '../api/types/generated/policy-v1.ts';
import type * as rbacV1 from '../api/types/generated/rbac-v1.ts';
import type * as resourceV1 from '../api/types/generated/resource-v1.ts';
import type * as schedulingV1 from '../api/types/generated/scheduling-v1.ts';
import type * as storageV1 from '../api/types/generated/storage-v1.ts';
import type { ApiObject, ResourceDefinition } from './resource-definition.ts';

/**
 * The built-in resources with the types of their objects, for `client.resource(BUILTIN.pods)`. Resources that are served
 * in several versions stand here in the newest; an event is events.k8s.io's `events`, or core's `coreEvents`.
 */
export const BUILTIN = {
  componentStatuses: define<coreV1.ComponentStatus>('', 'v1', 'componentstatuses', 'ComponentStatus', false),
  configMaps: define<coreV1.ConfigMap>('', 'v1', 'configmaps', 'ConfigMap', true),
  endpoints: define<coreV1.Endpoints>('', 'v1', 'endpoints', 'Endpoints', true),
  coreEvents: define<coreV1.Event>('', 'v1', 'events', 'Event', true),
  limitRanges: define<coreV1.LimitRange>('', 'v1', 'limitranges', 'LimitRange', true),
  namespaces: define<coreV1.Namespace>('', 'v1', 'namespaces', 'Namespace', false),
  nodes: define<coreV1.Node>('', 'v1', 'nodes', 'Node', false),
  persistentVolumeClaims: define<coreV1.PersistentVolumeClaim>('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', true),
  persistentVolumes: define<coreV1.PersistentVolume>('', 'v1', 'persistentvolumes', 'PersistentVolume', false),
  pods: define<coreV1.Pod>('', 'v1', 'pods', 'Pod', true),
  podTemplates: define<coreV1.PodTemplate>('', 'v1', 'podtemplates', 'PodTemplate', true),
  replicationControllers: define<coreV1.ReplicationController>('', 'v1', 'replicationcontrollers', 'ReplicationController', true),
  resourceQuotas: define<coreV1.ResourceQuota>('', 'v1', 'resourcequotas', 'ResourceQuota', true),
  secrets: define<coreV1.Secret>('', 'v1', 'secrets', 'Secret', true),
  serviceAccounts: define<coreV1.ServiceAccount>('', 'v1', 'serviceaccounts', 'ServiceAccount', true),
  services: define<coreV1.Service>('', 'v1', 'services', 'Service', true),
  apiServices: define<apiregistrationV1.APIService>('apiregistration.k8s.io', 'v1', 'apiservices', 'APIService', false),
  controllerRevisions: define<appsV1.ControllerRevision>('apps', 'v1', 'controllerrevisions', 'ControllerRevision', true),
  daemonSets: define<appsV1.DaemonSet>('apps', 'v1', 'daemonsets', 'DaemonSet', true),
  deployments: define<appsV1.Deployment>('apps', 'v1', 'deployments', 'Deployment', true),
  replicaSets: define<appsV1.ReplicaSet>('apps', 'v1', 'replicasets', 'ReplicaSet', true),
  statefulSets: define<appsV1.StatefulSet>('apps', 'v1', 'statefulsets', 'StatefulSet', true),
  events: define<eventsV1.Event>('events.k8s.io', 'v1', 'events', 'Event', true),
  horizontalPodAutoscalers: define<autoscalingV2.HorizontalPodAutoscaler>('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', true),
  cronJobs: define<batchV1.CronJob>('batch', 'v1', 'cronjobs', 'CronJob', true),
  jobs: define<batchV1.Job>('batch', 'v1', 'jobs', 'Job', true),
  certificateSigningRequests: define<certificatesV1.CertificateSigningRequest>('certificates.k8s.io', 'v1', 'certificatesigningrequests', 'CertificateSigningRequest', false),
  ingressClasses: define<networkingV1.IngressClass>('networking.k8s.io', 'v1', 'ingressclasses', 'IngressClass', false),
  ingresses: define<networkingV1.Ingress>('networking.k8s.io', 'v1', 'ingresses', 'Ingress', true),
  ipAddresses: define<networkingV1.IPAddress>('networking.k8s.io', 'v1', 'ipaddresses', 'IPAddress', false),
  networkPolicies: define<networkingV1.NetworkPolicy>('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy', true),
  serviceCIDRs: define<networkingV1.ServiceCIDR>('networking.k8s.io', 'v1', 'servicecidrs', 'ServiceCIDR', false),
  podDisruptionBudgets: define<policyV1.PodDisruptionBudget>('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget', true),
  clusterRoleBindings: define<rbacV1.ClusterRoleBinding>('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding', false),
  clusterRoles: define<rbacV1.ClusterRole>('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', false),
  roleBindings: define<rbacV1.RoleBinding>('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding', true),
  roles: define<rbacV1.Role>('rbac.authorization.k8s.io', 'v1', 'roles', 'Role', true),
  csiDrivers: define<storageV1.CSIDriver>('storage.k8s.io', 'v1', 'csidrivers', 'CSIDriver', false),
  csiNodes: define<storageV1.CSINode>('storage.k8s.io', 'v1', 'csinodes', 'CSINode', false),
  csiStorageCapacities: define<storageV1.CSIStorageCapacity>('storage.k8s.io', 'v1', 'csistoragecapacities', 'CSIStorageCapacity', true),
  storageClasses: define<storageV1.StorageClass>('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', false),
  volumeAttachments: define<storageV1.VolumeAttachment>('storage.k8s.io', 'v1', 'volumeattachments', 'VolumeAttachment', false),
  volumeAttributesClasses: define<storageV1.VolumeAttributesClass>('storage.k8s.io', 'v1', 'volumeattributesclasses', 'VolumeAttributesClass', false),
  mutatingAdmissionPolicies: define<admissionregistrationV1.MutatingAdmissionPolicy>('admissionregistration.k8s.io', 'v1', 'mutatingadmissionpolicies', 'MutatingAdmissionPolicy', false),
  mutatingAdmissionPolicyBindings: define<admissionregistrationV1.MutatingAdmissionPolicyBinding>('admissionregistration.k8s.io', 'v1', 'mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding', false),
  mutatingWebhookConfigurations: define<admissionregistrationV1.MutatingWebhookConfiguration>('admissionregistration.k8s.io', 'v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', false),
  validatingAdmissionPolicies: define<admissionregistrationV1.ValidatingAdmissionPolicy>('admissionregistration.k8s.io', 'v1', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', false),
  validatingAdmissionPolicyBindings: define<admissionregistrationV1.ValidatingAdmissionPolicyBinding>('admissionregistration.k8s.io', 'v1', 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', false),
  validatingWebhookConfigurations: define<admissionregistrationV1.ValidatingWebhookConfiguration>('admissionregistration.k8s.io', 'v1', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', false),
  customResourceDefinitions: define<apiextensionsV1.CustomResourceDefinition>('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition', false),
  priorityClasses: define<schedulingV1.PriorityClass>('scheduling.k8s.io', 'v1', 'priorityclasses', 'PriorityClass', false),
  leases: define<coordinationV1.Lease>('coordination.k8s.io', 'v1', 'leases', 'Lease', true),
  runtimeClasses: define<nodeV1.RuntimeClass>('node.k8s.io', 'v1', 'runtimeclasses', 'RuntimeClass', false),
  endpointSlices: define<discoveryV1.EndpointSlice>('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice', true),
  deviceClasses: define<resourceV1.DeviceClass>('resource.k8s.io', 'v1', 'deviceclasses', 'DeviceClass', false),
  resourceClaims: define<resourceV1.ResourceClaim>('resource.k8s.io', 'v1', 'resourceclaims', 'ResourceClaim', true),
  resourceClaimTemplates: define<resourceV1.ResourceClaimTemplate>('resource.k8s.io', 'v1', 'resourceclaimtemplates', 'ResourceClaimTemplate', true),
  resourceSlices: define<resourceV1.ResourceSlice>('resource.k8s.io', 'v1', 'resourceslices', 'ResourceSlice', false),
  flowSchemas: define<flowcontrolV1.FlowSchema>('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas', 'FlowSchema', false),
  priorityLevelConfigurations: define<flowcontrolV1.PriorityLevelConfiguration>('flowcontrol.apiserver.k8s.io', 'v1', 'prioritylevelconfigurations', 'PriorityLevelConfiguration', false),
} as const;

function define<T extends ApiObject>(group: string, version: string, resource: string, kind: T['kind'], namespaced: boolean): ResourceDefinition<T> {
  return Object.freeze({ group, version, resource, kind, namespaced });
}
