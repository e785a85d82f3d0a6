import { prefixRange, type Entry, type Store } from '../../store/store.ts';
import { chooseFreeSlot, type SlotRange } from './free-slot.ts';
import { readPages } from './read-pages.ts';

/** `--service-node-port-range`: both ends belong to it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export const DEFAULT_NODE_PORT_RANGE: PortRange = { first: 30000, last: 32767 };

/** Each port that a service holds on all nodes is a key; its value names the holder. */
export const NODE_PORT_PREFIX = '/registry/ranges/servicenodeports/';

export interface PortHolder {
  readonly namespace: string;
  readonly name: string;
}

export function nodePortKey(port: number): string {
  return `${NODE_PORT_PREFIX}${port}`;
}

export function portOfKey(key: string): number {
  return Number(key.slice(NODE_PORT_PREFIX.length));
}

export function encodeHolder({ namespace, name }: PortHolder): Buffer {
  return Buffer.from(JSON.stringify({ namespace, name }));
}

export function holderOf(entry: Entry): PortHolder {
  return JSON.parse(Buffer.from(entry.value.buffer, entry.value.byteOffset, entry.value.byteLength).toString('utf8')) as PortHolder;
}

/** Parses `30000-32767`, or a single port. Undefined for anything else. */
export function parsePortRange(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim());
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first >= 1 && last <= 65535 && first <= last ? { first, last } : undefined;
}

/** Why a port cannot be had, in Kubernetes' words; undefined when it can. */
export async function refusalOfPort(store: Store, range: PortRange, port: number): Promise<string | undefined> {
  if (port < range.first || port > range.last) {
    return `provided port is not in the valid range. The range of valid ports is ${range.first}-${range.last}`;
  }
  return (await store.getForUpdate(nodePortKey(port))) ? 'provided port is already allocated' : undefined;
}

/** A free port that is not among `own`, which the write takes as well. Undefined when the range is full. */
export async function chooseNodePort(store: Store, range: PortRange, options: { readonly own: ReadonlySet<number>; readonly random: () => number }): Promise<number | undefined> {
  const { own, random } = options;
  const slot = await chooseFreeSlot(
    slotsOf(range),
    {
      has: async (candidate) => own.has(Number(candidate)) || (await store.getForUpdate(nodePortKey(Number(candidate)))) !== undefined,
      all: async () => {
        const taken = new Set([...own].map(BigInt));
        for await (const { key } of readPages(store, prefixRange(NODE_PORT_PREFIX))) taken.add(BigInt(portOfKey(key)));
        return taken;
      },
    },
    random,
  );
  return slot === undefined ? undefined : Number(slot);
}

const RESERVED_MIN = 16;
const RESERVED_MAX = 128;
const RESERVED_SHARE = 32;

/** The first ports are left to those who ask for one by its number. */
function slotsOf({ first, last }: PortRange): SlotRange {
  const size = last - first + 1;
  const reserved = size <= RESERVED_MIN ? 0 : Math.min(RESERVED_MAX, Math.max(RESERVED_MIN, Math.floor(size / RESERVED_SHARE)));
  return { first: BigInt(first), last: BigInt(last), preferredFrom: BigInt(first + reserved) };
}
