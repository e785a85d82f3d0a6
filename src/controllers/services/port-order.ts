export interface PublishedPort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** The two APIs have these fields in another order, and one has them all optional. */
export type PortKind = 'endpoints' | 'endpointSlice';

/**
 * Ports in the order in which Kubernetes publishes them, which is that of sums over Go's notation of them: endpoints
 * written by either implementation are then the same, and neither rewrites the other's.
 */
export function orderPorts<T extends PublishedPort>(ports: readonly T[], kind: PortKind): readonly T[] {
  if (ports.length < 2) return ports;
  const sums = new Map(ports.map((port) => [port, fnv128a(goNotation(port, kind))]));
  return ports.toSorted((a, b) => ((sums.get(a) ?? 0n) < (sums.get(b) ?? 0n) ? -1 : 1));
}

/** The same for many lists of ports, of which most are alike: each is put in order once, and like ones are one list. */
export function portOrder<T extends PublishedPort>(kind: PortKind): (ports: readonly T[]) => readonly T[] {
  const ordered = new Map<string, readonly T[]>();
  return (ports) => {
    const key = ports.map(({ name = '', port = '', protocol = '', appProtocol = '' }) => `${name} ${port} ${protocol} ${appProtocol}`).join();
    const known = ordered.get(key) ?? orderPorts(ports, kind);
    ordered.set(key, known);
    return known;
  };
}

function goNotation({ name, port, protocol, appProtocol }: PublishedPort, kind: PortKind): string {
  const optional = (type: string, value: string | number | undefined): string => `(*${type})${value ?? '<nil>'}`;
  const fields =
    kind === 'endpoints'
      ? [`Name:(string)${name ?? ''}`, `Port:(int32)${port ?? 0}`, `Protocol:(v1.Protocol)${protocol ?? ''}`]
      : [`Name:${optional('string', name)}`, `Protocol:${optional('v1.Protocol', protocol)}`, `Port:${optional('int32', port)}`];
  return `(v1.EndpointPort){${[...fields, `AppProtocol:${optional('string', appProtocol)}`].join(' ')}}`;
}

const FNV_OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const FNV_PRIME = (1n << 88n) + 0x13bn;

function fnv128a(text: string): bigint {
  let sum = FNV_OFFSET;
  for (const byte of Buffer.from(text)) sum = BigInt.asUintN(128, (sum ^ BigInt(byte)) * FNV_PRIME);
  return sum;
}
