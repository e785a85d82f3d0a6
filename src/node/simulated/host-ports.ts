import type { SharedPod } from './pod-run.ts';

/** A port of the node itself that a pod takes. */
interface HostPort {
  readonly protocol: string;
  readonly ip: string;
  readonly port: number;
}

const EVERY_ADDRESS = '0.0.0.0';

/** The ports of its node that the pod takes, as texts that `portsConflict` compares. */
export function hostPortsOf({ spec }: SharedPod): string[] {
  const containers = [...(spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'), ...(spec?.containers ?? [])];
  return containers.flatMap(({ ports = [] }) => ports.flatMap(({ hostPort = 0, hostIP = '', protocol = 'TCP' }) => (hostPort > 0 ? [`${protocol}/${hostIP || EVERY_ADDRESS}/${hostPort}`] : [])));
}

/** Whether two pods with these ports cannot be on one node: the same port of one address, or of every address. */
export function portsConflict(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return false;
  const taken = b.map(parse);
  return a.map(parse).some((wanted) =>
    taken.some(({ protocol, ip, port }) => protocol === wanted.protocol && port === wanted.port && (ip === wanted.ip || ip === EVERY_ADDRESS || wanted.ip === EVERY_ADDRESS)),
  );
}

function parse(text: string): HostPort {
  const [protocol = '', ip = '', port = ''] = text.split('/');
  return { protocol, ip, port: Number(port) };
}
