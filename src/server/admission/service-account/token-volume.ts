import type { Container, PodSpec, Volume } from './pod-spec.ts';

/** Where every client library looks for the token. */
export const TOKEN_MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const NAME_PREFIX = 'kube-api-access-';
/** No vowels and nothing that is easily taken for something else. */
const SUFFIX_SIGNS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
/** An hour and seven seconds: the odd number marks tokens that old clients do not reload, and which hold longer. */
const TOKEN_SECONDS = 3607;
/** 0644 */
const FILE_MODE = 420;

/**
 * Mounts the account's token, the cluster's CA and the namespace into every container that has nothing mounted at that
 * place; the volume is added when at least one container needs it. A volume of the pod that begins with the same name is
 * used instead of a new one.
 */
export function mountTokenVolume(spec: PodSpec, random: () => number): void {
  const existing = spec.volumes?.find((volume) => volume.name.startsWith(NAME_PREFIX));
  const name = existing?.name ?? volumeName(spec.volumes ?? [], random);
  const containers: Container[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  let mounted = false;
  for (const container of containers) {
    if (container.volumeMounts?.some((mount) => mount.mountPath === TOKEN_MOUNT_PATH)) continue;
    (container.volumeMounts ??= []).push({ name, readOnly: true, mountPath: TOKEN_MOUNT_PATH });
    mounted = true;
  }
  if (mounted && existing === undefined) (spec.volumes ??= []).push(tokenVolume(name));
}

function volumeName(volumes: readonly Volume[], random: () => number): string {
  for (;;) {
    let name = NAME_PREFIX;
    for (let i = 0; i < SUFFIX_LENGTH; i++) name += SUFFIX_SIGNS[Math.floor(random() * SUFFIX_SIGNS.length)] ?? 'x';
    if (!volumes.some((volume) => volume.name === name)) return name;
  }
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode: FILE_MODE,
    },
  };
}
