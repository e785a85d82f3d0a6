import { containersWhere, isWindows, namedContainers, quoted, type CheckedPod, type PodCheck, type Violation } from './check.ts';

/** What container runtimes give by themselves, or less. */
const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
);
const RESTRICTED_CAPABILITIES: ReadonlySet<string> = new Set(['NET_BIND_SERVICE']);

export const capabilitiesBaseline: PodCheck = {
  id: 'capabilities_baseline',
  level: 'baseline',
  since: 0,
  check(pod) {
    const detail = addedBeyond(pod, DEFAULT_CAPABILITIES);
    return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
  },
};

function addedBeyond(pod: CheckedPod, allowed: ReadonlySet<string>): string | undefined {
  const added = new Set<string>();
  const names = containersWhere(pod, ({ securityContext }) => {
    const forbidden = (securityContext?.capabilities?.add ?? []).filter((capability) => !allowed.has(capability));
    for (const capability of forbidden) added.add(capability);
    return forbidden.length > 0;
  });
  return names.length === 0 ? undefined : `${namedContainers(names)} must not include ${quoted([...added].sort())} in securityContext.capabilities.add`;
}

function checkRestricted(pod: CheckedPod): Violation | undefined {
  const keeping = containersWhere(pod, ({ securityContext }) => !(securityContext?.capabilities?.drop ?? []).includes('ALL'));
  const added = addedBeyond(pod, RESTRICTED_CAPABILITIES);
  const details = [...(keeping.length > 0 ? [`${namedContainers(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []), ...(added === undefined ? [] : [added])];
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

const RESTRICTED = { id: 'capabilities_restricted', level: 'restricted', overrides: ['capabilities_baseline'] } as const;

export const capabilitiesRestricted: readonly PodCheck[] = [
  { ...RESTRICTED, since: 22, check: checkRestricted },
  { ...RESTRICTED, since: 25, check: (pod) => (isWindows(pod) ? undefined : checkRestricted(pod)) },
];
