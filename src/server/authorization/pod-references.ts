import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';

/** Names, in the pod's own namespace, of what a pod uses: what its node must be able to read. */
export interface PodReferences {
  readonly secrets: ReadonlySet<string>;
  readonly configMaps: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
  readonly resourceClaims: ReadonlySet<string>;
  readonly serviceAccount: string;
}

interface NamedRef {
  readonly name?: string;
  readonly secretName?: string;
}

interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly ephemeral?: unknown;
  readonly [source: string]: unknown;
}

interface Container {
  readonly env?: readonly { readonly valueFrom?: { readonly secretKeyRef?: NamedRef; readonly configMapKeyRef?: NamedRef } }[];
  readonly envFrom?: readonly { readonly secretRef?: NamedRef; readonly configMapRef?: NamedRef }[];
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly imagePullSecrets?: readonly NamedRef[];
  readonly volumes?: readonly Volume[];
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly resourceClaims?: readonly { readonly name: string; readonly resourceClaimName?: string }[];
}

interface PodStatus {
  readonly resourceClaimStatuses?: readonly { readonly resourceClaimName?: string }[];
  readonly extendedResourceClaimStatus?: { readonly resourceClaimName?: string };
}

const EMPTY: PodReferences = { secrets: new Set(), configMaps: new Set(), claims: new Set(), resourceClaims: new Set(), serviceAccount: '' };

/** Reads a pod's references. A mirror pod has none: a node could make one up to read what it likes. */
export function podReferences(pod: DeepReadonly<KubeObject>): PodReferences {
  if (pod.metadata.annotations !== undefined && Object.hasOwn(pod.metadata.annotations, 'kubernetes.io/config.mirror')) return EMPTY;
  const spec = (pod['spec'] ?? {}) as PodSpec;
  const secrets = new Set<string>();
  const configMaps = new Set<string>();
  const claims = new Set<string>();
  const add = (names: Set<string>, name: string | undefined): void => {
    if (name) names.add(name);
  };
  for (const secret of spec.imagePullSecrets ?? []) add(secrets, secret.name);
  for (const { env = [], envFrom = [] } of [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]) {
    for (const { valueFrom } of env) {
      add(secrets, valueFrom?.secretKeyRef?.name);
      add(configMaps, valueFrom?.configMapKeyRef?.name);
    }
    for (const source of envFrom) {
      add(secrets, source.secretRef?.name);
      add(configMaps, source.configMapRef?.name);
    }
  }
  for (const volume of spec.volumes ?? []) {
    add(claims, volume.persistentVolumeClaim?.claimName);
    if (volume.ephemeral !== undefined) add(claims, `${pod.metadata.name ?? ''}-${volume.name}`);
    for (const [source, value] of Object.entries(volume)) addSource(source, value, { secrets, configMaps });
  }
  return { secrets, configMaps, claims, resourceClaims: resourceClaims(pod, spec), serviceAccount: spec.serviceAccountName ?? '' };
}

/** `secret` and `configMap` sources, those inside `projected`, and the secret references of the storage drivers. */
function addSource(source: string, value: unknown, into: { readonly secrets: Set<string>; readonly configMaps: Set<string> }): void {
  if (typeof value !== 'object' || value === null) return;
  const own = value as NamedRef & Readonly<Record<string, unknown>>;
  if (source === 'secret') {
    const name = own.secretName ?? own.name;
    if (name) into.secrets.add(name);
  } else if (source === 'configMap') {
    if (own.name) into.configMaps.add(own.name);
  } else if (source === 'projected') {
    for (const projection of (own['sources'] as readonly Record<string, unknown>[] | undefined) ?? []) {
      for (const [kind, inner] of Object.entries(projection)) if (kind === 'secret' || kind === 'configMap') addSource(kind, inner, into);
    }
  } else {
    for (const name of driverSecrets(source, own)) into.secrets.add(name);
  }
}

/** Secrets that a storage driver's settings name: `secretRef`, `nodePublishSecretRef`…, and azureFile's `secretName`. */
export function driverSecrets(source: string, settings: Readonly<Record<string, unknown>>): string[] {
  const names: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (/secretref$/i.test(key) && typeof value === 'object' && value !== null) {
      const { name } = value as NamedRef;
      if (name) names.push(name);
    }
  }
  if (source === 'azureFile' && typeof settings['secretName'] === 'string' && settings['secretName'] !== '') names.push(settings['secretName']);
  return names;
}

function resourceClaims(pod: DeepReadonly<KubeObject>, spec: PodSpec): Set<string> {
  const status = (pod['status'] ?? {}) as PodStatus;
  const names = [...(spec.resourceClaims ?? []), ...(status.resourceClaimStatuses ?? []), status.extendedResourceClaimStatus].map((claim) => claim?.resourceClaimName);
  return new Set(names.filter((name): name is string => name !== undefined && name !== ''));
}
