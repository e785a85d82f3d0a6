import type { NodeSettings } from '../controllers/nodes/node-settings.ts';
import { parseDurationMs } from '../machinery/duration.ts';
import { RangeAllocator } from '../controllers/node-ipam/range-allocator.ts';
import { flagList, flagNumber, flagText, UsageError, type Flag, type FlagValues } from './command.ts';

/** How nodes are watched over: flags of kube-controller-manager, shared by `up` and `controller-manager`. */
export const NODE_LOOP_FLAGS: readonly Flag[] = [
  { name: 'node-monitor-period', type: 'string', value: 'DURATION', help: 'how often nodes are looked at', default: '5s' },
  { name: 'node-monitor-grace-period', type: 'string', value: 'DURATION', help: 'how long a node may be silent', default: '50s' },
  { name: 'node-startup-grace-period', type: 'string', value: 'DURATION', help: 'how long a new node may be silent', default: '1m' },
  { name: 'node-eviction-rate', type: 'string', value: 'RATE', help: 'failing nodes a second of a zone whose pods are driven out', default: '0.1' },
  { name: 'secondary-node-eviction-rate', type: 'string', value: 'RATE', help: 'the same in a large zone of which too much fails', default: '0.01' },
  { name: 'large-cluster-size-threshold', type: 'string', value: 'NODES', help: 'up to how many nodes a zone of which too much fails is left alone', default: '50' },
  { name: 'unhealthy-zone-threshold', type: 'string', value: 'SHARE', help: 'share of failing nodes of a zone that is too much', default: '0.55' },
  { name: 'terminated-pod-gc-threshold', type: 'string', value: 'PODS', help: 'how many pods that ended are kept; 0: all', default: '12500' },
  { name: 'node-cidr-mask-size-ipv4', type: 'string', value: 'BITS', help: "size of a node's part of an IPv4 range", default: '24' },
  { name: 'node-cidr-mask-size-ipv6', type: 'string', value: 'BITS', help: "size of a node's part of an IPv6 range", default: '64' },
];

/** Where pods have their addresses; `none` gives nodes no range. */
export function clusterCidrFlag(defaultCidr?: string): Flag {
  return { name: 'cluster-cidr', type: 'string', multiple: true, value: 'CIDRS', help: "ranges of the pods' addresses, of which nodes get their parts; none: they get none", ...(defaultCidr !== undefined && { default: defaultCidr }) };
}

/** Throws UsageError with the flag that is wrong. */
export function nodeSettings(values: FlagValues, serviceCidrs: readonly string[]): NodeSettings {
  const clusterCidrs = flagList(values, 'cluster-cidr').filter((range) => range !== '' && range !== 'none');
  const nodeMaskSizeIpv4 = flagNumber(values, 'node-cidr-mask-size-ipv4', { min: 8, max: 30 }) ?? 24;
  const nodeMaskSizeIpv6 = flagNumber(values, 'node-cidr-mask-size-ipv6', { min: 16, max: 124 }) ?? 64;
  for (const range of clusterCidrs) checkRange(range, range.includes(':') ? nodeMaskSizeIpv6 : nodeMaskSizeIpv4);
  if (clusterCidrs.length > 2 || (clusterCidrs.length === 2 && clusterCidrs[0]?.includes(':') === clusterCidrs[1]?.includes(':'))) throw new UsageError('--cluster-cidr takes one range of each family at most');
  return {
    monitorPeriodMs: duration(values, 'node-monitor-period'),
    monitorGracePeriodMs: duration(values, 'node-monitor-grace-period'),
    startupGracePeriodMs: duration(values, 'node-startup-grace-period'),
    evictionRate: rate(values, 'node-eviction-rate'),
    secondaryEvictionRate: rate(values, 'secondary-node-eviction-rate'),
    largeZoneNodes: flagNumber(values, 'large-cluster-size-threshold', { min: 0, max: 1e6 }) ?? 50,
    unhealthyZoneShare: rate(values, 'unhealthy-zone-threshold'),
    terminatedPods: flagNumber(values, 'terminated-pod-gc-threshold', { min: 0, max: 1e7 }) ?? 12_500,
    clusterCidrs,
    serviceCidrs,
    nodeMaskSizeIpv4,
    nodeMaskSizeIpv6,
  };
}

function checkRange(range: string, maskSize: number): void {
  try {
    void new RangeAllocator(range, maskSize);
  } catch (error) {
    throw new UsageError(`--cluster-cidr: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function duration(values: FlagValues, name: string): number {
  const text = flagText(values, name) ?? '';
  try {
    const ms = parseDurationMs(text);
    if (ms > 0) return ms;
  } catch {
    // Said below.
  }
  throw new UsageError(`--${name} takes a duration such as 40s, not ${JSON.stringify(text)}`);
}

function rate(values: FlagValues, name: string): number {
  const text = flagText(values, name) ?? '';
  const number = Number(text);
  if (text === '' || !Number.isFinite(number) || number < 0) throw new UsageError(`--${name} takes a number from 0, not ${JSON.stringify(text)}`);
  return number;
}
