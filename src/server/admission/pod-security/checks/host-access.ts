import { containersWhere, namedContainers, plural, quoted, uses, type PodCheck } from './check.ts';

export const hostNamespaces: PodCheck = {
  id: 'hostNamespaces',
  level: 'baseline',
  since: 0,
  check({ spec }) {
    const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true);
    return shared.length === 0 ? undefined : { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') };
  },
};

export const hostPathVolumes: PodCheck = {
  id: 'hostPathVolumes',
  level: 'baseline',
  since: 0,
  check({ spec }) {
    const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name = '' }) => name);
    return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${quoted(names)}` };
  },
};

export const hostPorts: PodCheck = {
  id: 'hostPorts',
  level: 'baseline',
  since: 0,
  check(pod) {
    const ports = new Set<string>();
    const names = containersWhere(pod, (container) => {
      const taken = ('ports' in container ? (container.ports ?? []) : []).flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [String(hostPort)]));
      for (const port of taken) ports.add(port);
      return taken.length > 0;
    });
    if (names.length === 0) return undefined;
    return { reason: 'hostPort', detail: `${namedContainers(names)} ${uses(names.length)} ${plural('hostPort', ports.size)} ${[...ports].sort().join(', ')}` };
  },
};

interface Handler {
  readonly httpGet?: { readonly host?: string | undefined } | undefined;
  readonly tcpSocket?: { readonly host?: string | undefined } | undefined;
}

/** The kubelet connects where probes and hooks say: to the pod itself, and nowhere else. */
export const hostProbesAndHostLifecycle: PodCheck = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  since: 34,
  check(pod) {
    const hosts = new Set<string>();
    const names = containersWhere(pod, ({ livenessProbe, readinessProbe, startupProbe, lifecycle }) => {
      const handlers: (Handler | undefined)[] = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
      const found = handlers.flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host]).filter((host) => host !== undefined && host !== '');
      for (const host of found) if (host !== undefined) hosts.add(host);
      return found.length > 0;
    }).sort();
    if (names.length === 0) return undefined;
    return { reason: 'probe or lifecycle host', detail: `${namedContainers(names)} ${uses(names.length)} ${plural('probe or lifecycle host', hosts.size)} ${quoted([...hosts].sort())}` };
  },
};
