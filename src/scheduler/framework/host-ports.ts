import type { SharedPod } from './objects.ts';

/** A port of the node that a pod wants for itself. */
export interface HostPort {
  readonly address: string;
  /** `TCP/8080` */
  readonly port: string;
}

const ANY = '0.0.0.0';

/** Those of containers and of sidecars. */
export function hostPortsOf({ spec }: SharedPod): readonly HostPort[] {
  const found: HostPort[] = [];
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { ports = [] } of [...(spec?.containers ?? []), ...sidecars]) {
    for (const { hostPort = 0, hostIP = '', protocol = 'TCP' } of ports) {
      if (hostPort > 0) found.push({ address: hostIP === '' ? ANY : hostIP, port: `${protocol}/${hostPort}` });
    }
  }
  return found;
}

/** The ports in use on one node. An address conflicts with itself and with all addresses. */
export class UsedPorts {
  readonly #byAddress = new Map<string, Map<string, number>>();

  add({ address, port }: HostPort): void {
    const ports = this.#byAddress.get(address) ?? new Map<string, number>();
    ports.set(port, (ports.get(port) ?? 0) + 1);
    this.#byAddress.set(address, ports);
  }

  remove({ address, port }: HostPort): void {
    const ports = this.#byAddress.get(address);
    const count = ports?.get(port);
    if (!ports || count === undefined) return;
    if (count > 1) ports.set(port, count - 1);
    else ports.delete(port);
    if (ports.size === 0) this.#byAddress.delete(address);
  }

  conflictsWith({ address, port }: HostPort): boolean {
    if (address !== ANY) return this.#byAddress.get(ANY)?.has(port) === true || this.#byAddress.get(address)?.has(port) === true;
    for (const ports of this.#byAddress.values()) if (ports.has(port)) return true;
    return false;
  }

  clone(): UsedPorts {
    const copy = new UsedPorts();
    for (const [address, ports] of this.#byAddress) copy.#byAddress.set(address, new Map(ports));
    return copy;
  }
}
