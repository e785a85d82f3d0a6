/** Versions that built-in resources of several versions are stored in; all others are stored in their only (or first) one. */
export const STORAGE_VERSIONS: Readonly<Record<string, string>> = {
  autoscaling: 'v2',
};

/** Resources that are one and the same in two groups: stored under the first, served under both. */
export const SHARED_STORAGE: Readonly<Record<string, { readonly group: string; readonly version: string; readonly resource: string }>> = {
  'events.k8s.io/events': { group: '', version: 'v1', resource: 'events' },
};

/** Kinds whose metadata.generation counts changes of their specification. */
export const GENERATION_KINDS: ReadonlySet<string> = new Set([
  '/pods',
  '/podtemplates',
  '/replicationcontrollers',
  'apps/daemonsets',
  'apps/deployments',
  'apps/replicasets',
  'apps/statefulsets',
  'batch/cronjobs',
  'batch/jobs',
  'networking.k8s.io/ingresses',
  'networking.k8s.io/ingressclasses',
  'networking.k8s.io/networkpolicies',
  'policy/poddisruptionbudgets',
  'admissionregistration.k8s.io/mutatingwebhookconfigurations',
  'admissionregistration.k8s.io/validatingwebhookconfigurations',
  'admissionregistration.k8s.io/validatingadmissionpolicies',
  'admissionregistration.k8s.io/validatingadmissionpolicybindings',
  'admissionregistration.k8s.io/mutatingadmissionpolicies',
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings',
  'apiextensions.k8s.io/customresourcedefinitions',
  'discovery.k8s.io/endpointslices',
  'flowcontrol.apiserver.k8s.io/flowschemas',
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations',
  'resource.k8s.io/deviceclasses',
  'resource.k8s.io/resourceslices',
  'scheduling.k8s.io/priorityclasses',
  'storage.k8s.io/csidrivers',
]);

/** Kinds whose generation is absent until the first change. */
export const GENERATION_FROM_ZERO: ReadonlySet<string> = new Set(['storage.k8s.io/csidrivers']);

/** Deleting these answers with the object where most resources answer with a Status. */
export const DELETION_SHOWS_OBJECT: ReadonlySet<string> = new Set([
  '/pods',
  '/persistentvolumeclaims',
  '/persistentvolumes',
  '/podtemplates',
  '/resourcequotas',
  '/serviceaccounts',
  '/services',
  'resource.k8s.io/deviceclasses',
  'resource.k8s.io/resourceclaims',
  'resource.k8s.io/resourceclaimtemplates',
  'resource.k8s.io/resourceslices',
  'storage.k8s.io/csidrivers',
  'storage.k8s.io/csinodes',
  'storage.k8s.io/storageclasses',
  'storage.k8s.io/volumeattachments',
  'storage.k8s.io/volumeattributesclasses',
]);
