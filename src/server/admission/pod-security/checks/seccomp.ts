import { containersWhere, isWindows, namedContainers, plural, quoted, setters, type CheckedPod, type PodCheck, type Violation } from './check.ts';

const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/';
const REASON = 'seccompProfile';

type IsValid = (type: string) => boolean;
const isConfined: IsValid = (type) => type === 'RuntimeDefault' || type === 'Localhost';

/** Before the field was there, annotations said it. */
function checkAnnotations(pod: CheckedPod): Violation | undefined {
  const annotations = pod.metadata.annotations ?? {};
  const keys = [POD_ANNOTATION, ...containersWhere(pod, () => true).map((name) => CONTAINER_ANNOTATION + name)];
  const forbidden = keys.flatMap((key) => {
    const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    return value === undefined || value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/') ? [] : [`${key}=${JSON.stringify(value)}`];
  });
  return forbidden.length === 0 ? undefined : { reason: REASON, detail: `forbidden ${plural('annotation', forbidden.length)} ${[...new Set(forbidden)].sort().join(', ')}` };
}

/** Profiles that are set and not among the valid ones. */
function checkExplicit(pod: CheckedPod, isValid: IsValid): Violation | undefined {
  const kinds = new Set<string>();
  const isBad = (profile: { readonly type?: string | undefined } | undefined): boolean => {
    if (profile === undefined || isValid(profile.type ?? '')) return false;
    kinds.add(profile.type ?? '');
    return true;
  };
  const found = setters(
    isBad(pod.spec.securityContext?.seccompProfile),
    containersWhere(pod, ({ securityContext }) => isBad(securityContext?.seccompProfile)),
  );
  return found.length === 0 ? undefined : { reason: REASON, detail: `${found.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted([...kinds].sort())}` };
}

function checkRestricted(pod: CheckedPod): Violation | undefined {
  const explicit = checkExplicit(pod, isConfined);
  if (explicit !== undefined || pod.spec.securityContext?.seccompProfile !== undefined) return explicit;
  const silent = containersWhere(pod, ({ securityContext }) => securityContext?.seccompProfile === undefined);
  return silent.length === 0 ? undefined : { reason: REASON, detail: `pod or ${namedContainers(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` };
}

export const seccompProfileBaseline: readonly PodCheck[] = [
  { id: 'seccompProfile_baseline', level: 'baseline', since: 0, check: checkAnnotations },
  { id: 'seccompProfile_baseline', level: 'baseline', since: 19, check: (pod) => checkExplicit(pod, isConfined) },
];

const RESTRICTED = { id: 'seccompProfile_restricted', level: 'restricted', overrides: ['seccompProfile_baseline'] } as const;

export const seccompProfileRestricted: readonly PodCheck[] = [
  { ...RESTRICTED, since: 19, check: checkRestricted },
  { ...RESTRICTED, since: 25, check: (pod) => (isWindows(pod) ? undefined : checkRestricted(pod)) },
];
