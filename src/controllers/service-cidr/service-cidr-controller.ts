import { BlockList, isIPv6 } from 'node:net';
import type { IPAddress, ServiceCIDR } from '../../api/types/generated/networking-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller, type ReconcileResult } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';

const NAME = 'service-cidr-controller';
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
const READY = 'Ready';
const READY_MESSAGE = 'Kubernetes Service CIDR is ready';
const REFERENCED_MESSAGE = 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';
/** Allocators of other servers learn of a deletion late, and may still take an address until then. */
const GRACE_MS = 10_000;
const ALLOCATED_LABEL = 'ipaddress.kubernetes.io/managed-by';
const ALLOCATOR = 'ipallocator.k8s.io';

type SharedCidr = DeepReadonly<ServiceCIDR>;
type SharedAddress = DeepReadonly<IPAddress>;

export type CidrDecision =
  | { readonly type: 'protect' }
  | { readonly type: 'ready' }
  | { readonly type: 'referenced' }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'release' }
  | { readonly type: 'none' };

/** Makes ranges of service addresses ready, and keeps those that are deleted until nobody has an address of theirs. */
export function startServiceCidrController({ client, clock, informers, log }: ControllerContext): RunningController {
  const cidrs = informers.get<ServiceCIDR>(BUILTIN.serviceCIDRs);
  const addresses = informers.get<IPAddress>(BUILTIN.ipAddresses);
  const objects = client.resource<ServiceCIDR>(BUILTIN.serviceCIDRs);

  const applyCondition = async (name: string, condition: object, signal: AbortSignal): Promise<void> => {
    const status = { conditions: [{ type: READY, lastTransitionTime: formatTime(clock.now()), ...condition }] };
    await objects.applyStatus({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name }, status } as never, { fieldManager: NAME, force: true, signal });
  };
  const setFinalizers = async (cidr: SharedCidr, finalizers: string[], signal: AbortSignal): Promise<void> => {
    const copy = cloneJson(cidr) as ServiceCIDR;
    await objects.update({ ...copy, metadata: { ...copy.metadata, finalizers } }, { signal });
  };

  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }): Promise<ReconcileResult | void> => {
      const cidr = cidrs.store.get(key);
      if (!cidr) return;
      const decision = computeCidr(cidr, { others: cidrs.store.all(), addresses: addresses.store.all(), nowMs: clock.now() });
      const { finalizers = [] } = cidr.metadata;
      try {
        if (decision.type === 'protect') await setFinalizers(cidr, [...finalizers, FINALIZER], signal);
        if (decision.type === 'release') await setFinalizers(cidr, finalizers.filter((each) => each !== FINALIZER), signal);
        if (decision.type === 'ready') await applyCondition(key, { status: 'True', reason: '', message: READY_MESSAGE }, signal);
        if (decision.type === 'referenced') await applyCondition(key, { status: 'False', reason: 'Terminating', message: REFERENCED_MESSAGE }, signal);
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
      if (decision.type === 'wait') return { requeueAfterMs: decision.ms };
    },
  });
  // A new range may take over the addresses of one that goes.
  const going = (): string[] => cidrs.store.all().filter(({ metadata }) => metadata.deletionTimestamp !== undefined).map(({ metadata }) => metadata.name ?? '');
  controller.watch(cidrs, { keysOf: ({ metadata }) => [metadata.name ?? '', ...going()] });
  controller.watch(addresses, { keysOf: going, filter: ({ event }) => event === 'delete' });
  controller.start();
  return controller;
}

export interface CidrObservation {
  /** All ranges; the one itself may be among them. */
  readonly others: readonly SharedCidr[];
  readonly addresses: readonly SharedAddress[];
  readonly nowMs: number;
}

/** What is to be done about a range of addresses. */
export function computeCidr(cidr: SharedCidr, { others, addresses, nowMs }: CidrObservation): CidrDecision {
  const { deletionTimestamp, finalizers = [], name } = cidr.metadata;
  const condition = cidr.status?.conditions?.find(({ type }) => type === READY);
  if (deletionTimestamp === undefined) {
    if (!finalizers.includes(FINALIZER)) return { type: 'protect' };
    return (condition?.status as string | undefined) === 'True' && condition?.message === READY_MESSAGE ? { type: 'none' } : { type: 'ready' };
  }
  const living = others.filter(({ metadata }) => metadata.name !== name && metadata.deletionTimestamp === undefined);
  const [own, theirs] = [containment([cidr]), containment(living)];
  const held = addresses.some(({ metadata }) => metadata.labels?.[ALLOCATED_LABEL] === ALLOCATOR && own(metadata.name ?? '') && !theirs(metadata.name ?? ''));
  if (held) return condition?.reason === 'Terminating' ? { type: 'none' } : { type: 'referenced' };
  const waitMs = Date.parse(deletionTimestamp) + GRACE_MS - nowMs;
  if (waitMs > 0) return { type: 'wait', ms: waitMs };
  return finalizers.includes(FINALIZER) ? { type: 'release' } : { type: 'none' };
}

function containment(cidrs: readonly SharedCidr[]): (address: string) => boolean {
  const list = new BlockList();
  for (const { spec } of cidrs) {
    for (const cidr of spec?.cidrs ?? []) {
      const [network = '', length = ''] = cidr.split('/');
      list.addSubnet(network, Number(length), isIPv6(network) ? 'ipv6' : 'ipv4');
    }
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
