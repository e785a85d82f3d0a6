import { containersWhere, hasUserNamespace, namedContainers, setters, type CheckedPod, type PodCheck, type Violation } from './check.ts';

/** What a pod says counts for containers that say nothing themselves. */
function checkNonRoot(pod: CheckedPod): Violation | undefined {
  const reason = 'runAsNonRoot != true';
  const podSays = pod.spec.securityContext?.runAsNonRoot;
  const refusing = containersWhere(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false);
  const explicit = setters(podSays === false, refusing);
  if (explicit.length > 0) return { reason, detail: `${explicit.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  const silent = podSays === true ? [] : containersWhere(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  return silent.length === 0 ? undefined : { reason, detail: `pod or ${namedContainers(silent)} must set securityContext.runAsNonRoot=true` };
}

function checkUser(pod: CheckedPod): Violation | undefined {
  const names = containersWhere(pod, ({ securityContext }) => securityContext?.runAsUser === 0);
  const found = setters(pod.spec.securityContext?.runAsUser === 0, names);
  return found.length === 0 ? undefined : { reason: 'runAsUser=0', detail: `${found.join(' and ')} must not set runAsUser=0` };
}

export const runAsNonRoot: readonly PodCheck[] = [
  { id: 'runAsNonRoot', level: 'restricted', since: 0, check: checkNonRoot },
  { id: 'runAsNonRoot', level: 'restricted', since: 35, check: (pod) => (hasUserNamespace(pod) ? undefined : checkNonRoot(pod)) },
];

export const runAsUser: readonly PodCheck[] = [
  { id: 'runAsUser', level: 'restricted', since: 23, check: checkUser },
  { id: 'runAsUser', level: 'restricted', since: 35, check: (pod) => (hasUserNamespace(pod) ? undefined : checkUser(pod)) },
];
