import type { KubeObject } from '../../../machinery/object-meta.ts';

/** The parts of a pod that its account has to do with. */
export interface PodSpec {
  serviceAccountName?: string;
  serviceAccount?: string;
  automountServiceAccountToken?: boolean;
  imagePullSecrets?: { name?: string }[];
  volumes?: Volume[];
  containers?: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
}

export interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly valueFrom?: { readonly secretKeyRef?: { readonly name?: string } } }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name?: string } }[];
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

export interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName?: string };
  readonly projected?: { readonly sources?: readonly VolumeProjection[]; readonly defaultMode?: number };
  readonly [source: string]: unknown;
}

export interface VolumeProjection {
  readonly secret?: { readonly name?: string };
  readonly serviceAccountToken?: unknown;
  readonly [source: string]: unknown;
}

/** What of a ServiceAccount says which secrets its pods may use. */
export interface Account {
  readonly secrets?: readonly { readonly name?: string }[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

/** A pod that mirrors one that a node runs out of a file. */
export function isMirrorPod(pod: KubeObject): boolean {
  return pod.metadata.annotations !== undefined && Object.hasOwn(pod.metadata.annotations, 'kubernetes.io/config.mirror');
}
