import type { CheckedPod } from './checks/check.ts';

const ANNOTATIONS = ['seccomp.security.alpha.kubernetes.io/', 'container.seccomp.security.alpha.kubernetes.io/', 'container.apparmor.security.beta.kubernetes.io/'];

/**
 * Whether an update could change what the standards say of a pod. Nearly all of a pod's spec cannot change, and a pod
 * that a stricter policy found running must stay one that can be labelled and finalized.
 */
export function isSignificantUpdate(pod: CheckedPod, old: CheckedPod): boolean {
  if (securityAnnotations(pod) !== securityAnnotations(old)) return true;
  for (const list of ['containers', 'initContainers'] as const) {
    const [now, before] = [pod.spec[list] ?? [], old.spec[list] ?? []];
    if (now.length !== before.length || now.some(({ image }, i) => image !== before[i]?.image)) return true;
  }
  const before = new Map((old.spec.ephemeralContainers ?? []).map(({ name, image }) => [name, image]));
  return (pod.spec.ephemeralContainers ?? []).some(({ name, image }) => !before.has(name) || before.get(name) !== image);
}

function securityAnnotations({ metadata }: CheckedPod): string {
  const found = Object.entries(metadata.annotations ?? {}).filter(([key]) => ANNOTATIONS.some((prefix) => key.startsWith(prefix)));
  return found.length === 0 ? '' : JSON.stringify(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}
