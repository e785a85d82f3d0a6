import { containersWhere, plural, quoted, setters, type PodCheck } from './check.ts';

const ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

/** A profile of the runtime or of the node; none given is the runtime's. */
export const appArmorProfile: PodCheck = {
  id: 'appArmorProfile',
  level: 'baseline',
  since: 0,
  check(pod) {
    const kinds = new Set<string>();
    const isBad = (profile: { readonly type?: string | undefined } | undefined): boolean => {
      if (profile === undefined || profile.type === 'RuntimeDefault' || profile.type === 'Localhost') return false;
      kinds.add(profile.type ?? '');
      return true;
    };
    const found = setters(
      isBad(pod.spec.securityContext?.appArmorProfile),
      containersWhere(pod, ({ securityContext }) => isBad(securityContext?.appArmorProfile)),
    );
    const annotations = Object.entries(pod.metadata.annotations ?? {})
      .filter(([key, value]) => key.startsWith(ANNOTATION) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'))
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .sort();
    if (annotations.length > 0) found.push(plural('annotation', annotations.length));
    if (found.length === 0) return undefined;
    const values = [...[...kinds].sort(), ...annotations];
    return { reason: plural('forbidden AppArmor profile', values.length), detail: `${found.join(' and ')} must not set AppArmor profile type to ${quoted(values)}` };
  },
};
