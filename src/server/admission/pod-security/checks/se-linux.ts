import { containersWhere, plural, quoted, setters, type CheckedPod, type PodCheck, type Violation } from './check.ts';

const TYPES: ReadonlySet<string> = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t']);
const TYPES_SINCE_31: ReadonlySet<string> = new Set([...TYPES, 'container_engine_t']);

type Options = { readonly type?: string | undefined; readonly user?: string | undefined; readonly role?: string | undefined } | undefined;

function check(pod: CheckedPod, allowed: ReadonlySet<string>): Violation | undefined {
  const types = new Set<string>();
  let setsUser = false;
  let setsRole = false;
  const isBad = (options: Options): boolean => {
    if (options === undefined) return false;
    const { type = '', user = '', role = '' } = options;
    if (!allowed.has(type)) types.add(type);
    setsUser ||= user !== '';
    setsRole ||= role !== '';
    return !allowed.has(type) || user !== '' || role !== '';
  };
  const found = setters(
    isBad(pod.spec.securityContext?.seLinuxOptions),
    containersWhere(pod, ({ securityContext }) => isBad(securityContext?.seLinuxOptions)),
  );
  if (found.length === 0) return undefined;
  const data = [
    ...(types.size > 0 ? [`${plural('type', types.size)} ${quoted([...types].sort())}`] : []),
    ...(setsUser ? ['user may not be set'] : []),
    ...(setsRole ? ['role may not be set'] : []),
  ];
  return { reason: 'seLinuxOptions', detail: `${found.join(' and ')} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}` };
}

export const seLinuxOptions: readonly PodCheck[] = [
  { id: 'seLinuxOptions', level: 'baseline', since: 0, check: (pod) => check(pod, TYPES) },
  { id: 'seLinuxOptions', level: 'baseline', since: 31, check: (pod) => check(pod, TYPES_SINCE_31) },
];
