import { containersWhere, hasUserNamespace, namedContainers, quoted, setters, type CheckedPod, type PodCheck, type Violation } from './check.ts';

export const privileged: PodCheck = {
  id: 'privileged',
  level: 'baseline',
  since: 0,
  check(pod) {
    const names = containersWhere(pod, ({ securityContext }) => securityContext?.privileged === true);
    return names.length === 0 ? undefined : { reason: 'privileged', detail: `${namedContainers(names)} must not set securityContext.privileged=true` };
  },
};

export const windowsHostProcess: PodCheck = {
  id: 'windowsHostProcess',
  level: 'baseline',
  since: 0,
  check(pod) {
    const names = containersWhere(pod, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true);
    const found = setters(pod.spec.securityContext?.windowsOptions?.hostProcess === true, names);
    return found.length === 0 ? undefined : { reason: 'hostProcess', detail: `${found.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true` };
  },
};

function checkProcMount(pod: CheckedPod): Violation | undefined {
  const kinds = new Set<string>();
  const names = containersWhere(pod, ({ securityContext }) => {
    const procMount = securityContext?.procMount;
    if (procMount === undefined || procMount === 'Default') return false;
    kinds.add(procMount);
    return true;
  });
  return names.length === 0 ? undefined : { reason: 'procMount', detail: `${namedContainers(names)} must not set securityContext.procMount to ${quoted([...kinds].sort())}` };
}

/** An unmasked /proc does no harm in a user namespace; whoever wants the most is not given it there either. */
export const procMount: readonly PodCheck[] = [
  { id: 'procMount', level: 'baseline', since: 0, check: checkProcMount },
  { id: 'procMount', level: 'baseline', since: 35, check: (pod) => (hasUserNamespace(pod) ? undefined : checkProcMount(pod)) },
  { id: 'procMount_restricted', level: 'restricted', since: 35, overrides: ['procMount'], check: checkProcMount },
];
