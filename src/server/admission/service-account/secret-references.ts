import type { DeepReadonly } from '../../../machinery/json.ts';
import type { Account, Container, PodSpec } from './pod-spec.ts';

/** How messages name the three lists of containers. */
const CONTAINER_LISTS: readonly (readonly [keyof PodSpec & ('initContainers' | 'containers' | 'ephemeralContainers'), string])[] = [
  ['initContainers', 'init container'],
  ['containers', 'container'],
  ['ephemeralContainers', 'ephemeral container'],
];

/** True when the pod takes a secret from anywhere: volumes of every kind, environment, pull secrets. */
export function referencesSecrets(spec: PodSpec): boolean {
  return (
    (spec.imagePullSecrets?.length ?? 0) > 0 ||
    (spec.volumes ?? []).some((volume) => mentionsSecret(volume)) ||
    CONTAINER_LISTS.some(([list]) => (spec[list] ?? []).some((container) => environmentSecrets(container).length > 0))
  );
}

/** Every field through which a volume names a secret begins with this word or is a reference called so. */
function mentionsSecret(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > 8) return false;
  return Object.entries(value).some(([key, inner]) => /^secret(Name|Ref)?$|SecretRef$/.test(key) || mentionsSecret(inner, depth + 1));
}

/** What an account that enforces its list does not allow, in Kubernetes' words; undefined when all is on the list. */
export function forbiddenSecretUse(spec: PodSpec, account: DeepReadonly<Account & { metadata: { name?: string } }>): string | undefined {
  const mountable = new Set((account.secrets ?? []).map(({ name }) => name));
  const because = `is not allowed because service account ${account.metadata.name ?? ''} does not reference that`;
  for (const volume of spec.volumes ?? []) {
    const name = volume.secret?.secretName;
    if (volume.secret !== undefined && !mountable.has(name)) return `volume with secret.secretName=${JSON.stringify(name ?? '')} ${because} secret`;
  }
  for (const [list, label] of CONTAINER_LISTS) {
    for (const container of spec[list] ?? []) {
      const use = environmentSecrets(container).find(({ secret }) => !mountable.has(secret));
      if (use !== undefined) return `${label} ${container.name} with ${use.where} referencing secret.secretName=${JSON.stringify(use.secret)} ${because} secret`;
    }
  }
  const pullable = new Set((account.imagePullSecrets ?? []).map(({ name }) => name));
  const pull = (spec.imagePullSecrets ?? []).findIndex(({ name }) => !pullable.has(name));
  return pull < 0 ? undefined : `imagePullSecrets[${pull}].name=${JSON.stringify(spec.imagePullSecrets?.[pull]?.name ?? '')} ${because} imagePullSecret`;
}

function environmentSecrets({ env = [], envFrom = [] }: Container): { readonly where: string; readonly secret: string }[] {
  return [
    ...env.flatMap(({ name, valueFrom }) => (valueFrom?.secretKeyRef === undefined ? [] : [{ where: `envVar ${name}`, secret: valueFrom.secretKeyRef.name ?? '' }])),
    ...envFrom.flatMap(({ secretRef }) => (secretRef === undefined ? [] : [{ where: 'envFrom', secret: secretRef.name ?? '' }])),
  ];
}
