import type { Facts } from '../../api/facts/facts.ts';

/** Versions that Kubernetes still recognizes in bodies although it no longer serves them, with their kinds. */
const REMOVED: Readonly<Record<string, readonly string[]>> = {
  'extensions/v1beta1': ['DaemonSet', 'Deployment', 'Ingress', 'NetworkPolicy', 'ReplicaSet', 'Scale'],
  'apps/v1beta1': ['ControllerRevision', 'Deployment', 'Scale', 'StatefulSet'],
  'apps/v1beta2': ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'Scale', 'StatefulSet'],
  'batch/v1beta1': ['CronJob'],
  'policy/v1beta1': ['Eviction', 'PodDisruptionBudget'],
  'networking.k8s.io/v1beta1': ['Ingress', 'IngressClass', 'IPAddress', 'ServiceCIDR'],
  'rbac.authorization.k8s.io/v1beta1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'rbac.authorization.k8s.io/v1alpha1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'storage.k8s.io/v1beta1': ['CSIDriver', 'CSINode', 'CSIStorageCapacity', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
  'autoscaling/v2beta1': ['HorizontalPodAutoscaler'],
  'autoscaling/v2beta2': ['HorizontalPodAutoscaler'],
  'events.k8s.io/v1beta1': ['Event'],
  'discovery.k8s.io/v1beta1': ['EndpointSlice'],
  'coordination.k8s.io/v1beta1': ['Lease'],
  'certificates.k8s.io/v1beta1': ['CertificateSigningRequest'],
  'scheduling.k8s.io/v1beta1': ['PriorityClass'],
  'node.k8s.io/v1beta1': ['RuntimeClass'],
};

/** True for kinds, and lists of kinds, that the built-in API knows in that version, served or not. */
export function knowsKind(facts: Facts, group: string, version: string, kind: string): boolean {
  if (facts.typeOfKind(group, version, kind)) return true;
  if (group === '' && version === 'v1' && kind === 'List') return true;
  if (kind.endsWith('List') && facts.typeOfKind(group, version, kind.slice(0, -4))) return true;
  return REMOVED[`${group}/${version}`]?.includes(kind) ?? false;
}
