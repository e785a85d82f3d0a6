import type { Loose } from '../../pod-template/shapes.ts';
import type * as v1 from '../../types/generated/resource-v1.ts';
import { counted } from '../usage.ts';
import type { UsageEvaluator } from './evaluator.ts';

const COUNT = 'count/resourceclaims.resource.k8s.io';
const CLASS_SUFFIX = '.deviceclass.resource.k8s.io/devices';
/** The most devices that one claim can be given: what asking for all of them may come to. */
const MAX_DEVICES = 32;

type Exact = Loose<v1.ExactDeviceRequest>;
type Request = Loose<v1.DeviceRequest>;

/** Counts claims, and the devices of each class that they may come to hold. */
export const resourceClaimEvaluator: UsageEvaluator = {
  handles: (operation, subresource) => (operation === 'CREATE' || operation === 'UPDATE') && subresource === '',
  usage(claim) {
    const { devices } = (claim['spec'] ?? {}) as Loose<v1.ResourceClaimSpec>;
    const byClass = new Map<string, bigint>();
    for (const request of devices?.requests ?? []) {
      for (const [name, count] of devicesOf(request)) byClass.set(name, (byClass.get(name) ?? 0n) + count);
    }
    return counted([COUNT, 1], ...[...byClass].map(([name, count]) => [name + CLASS_SUFFIX, count] as const));
  },
  measures: (name) => name === COUNT || name.endsWith(CLASS_SUFFIX),
  matchesScope: () => false,
};

/** Of alternatives, the most that one of them takes of each class. */
function devicesOf({ exactly, firstAvailable }: Request): Map<string, bigint> {
  const most = new Map<string, bigint>();
  for (const request of [...(exactly === undefined ? [] : [exactly]), ...(firstAvailable ?? [])]) {
    const { deviceClassName = '' } = request;
    const count = countOf(request);
    if (count > (most.get(deviceClassName) ?? -1n)) most.set(deviceClassName, count);
  }
  return most;
}

function countOf({ allocationMode, count = 1 }: Pick<Exact, 'allocationMode' | 'count'>): bigint {
  return BigInt(allocationMode === 'All' ? MAX_DEVICES : count);
}
