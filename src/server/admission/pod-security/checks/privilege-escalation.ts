import { containersWhere, isWindows, namedContainers, type CheckedPod, type PodCheck, type Violation } from './check.ts';

function check(pod: CheckedPod): Violation | undefined {
  const names = containersWhere(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  return names.length === 0 ? undefined : { reason: 'allowPrivilegeEscalation != false', detail: `${namedContainers(names)} must set securityContext.allowPrivilegeEscalation=false` };
}

export const allowPrivilegeEscalation: readonly PodCheck[] = [
  { id: 'allowPrivilegeEscalation', level: 'restricted', since: 8, check },
  { id: 'allowPrivilegeEscalation', level: 'restricted', since: 25, check: (pod) => (isWindows(pod) ? undefined : check(pod)) },
];
