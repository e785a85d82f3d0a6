import { allocationsOf } from '../../api/core/services/allocated-values.ts';
import { prepareServiceAddresses, type IpFamily } from '../../api/core/services/ip-families.ts';
import { HEADLESS, needsClusterIp, needsHealthCheckNodePort, needsNodePort, type Service, type ServiceSpec } from '../../api/core/services/service.ts';
import { FieldPath, fieldInvalid, fieldTooMany, type FieldError } from '../../machinery/field-error.ts';
import { failure, internalError, invalid, type StatusError } from '../../machinery/status-error.ts';
import type { Compare, Operation } from '../../store/store.ts';
import { maxOperations } from '../../store/transaction-limits.ts';
import type { CompanionContext } from '../registry/write-companion.ts';
import type { Belongings, WriteCompanion } from '../registry/write-companion.ts';
import { chooseAddress, refusalOfAddress, serviceRanges } from './cluster-ips.ts';
import type { IpRange } from './ip-range.ts';
import { chooseNodePort, refusalOfPort, type PortRange } from './node-ports.ts';
import { keysOfService, type HeldKey } from './service-keys.ts';

export interface ServiceAllocationOptions {
  /** `--service-cluster-ip-range`: the first one's family is the cluster's default. */
  readonly ranges: readonly IpRange[];
  /** `--service-node-port-range` */
  readonly nodePorts: PortRange;
}

const SPEC = FieldPath.root('spec');
const RANGE_FULL = 'range is full';

/**
 * Gives services their cluster IPs and node ports. An address is held by its IPAddress, a port by its key: both are
 * written in the transaction that writes the service, under the condition that they are free, so that no two services
 * ever hold the same, and nothing stays behind when a writer dies.
 */
export function serviceCompanion(options: ServiceAllocationOptions): WriteCompanion {
  const families = [...new Set(options.ranges.map((range) => range.family))];
  return {
    begin: (context, object, old) => allocate(context, { service: object as Service, old: old as Service | undefined, families, options }),
    belongings: (context, object, old) => belongings(context, object as Service | undefined, old as Service | undefined),
  };
}

interface Allocation {
  /** Filled in. */
  readonly service: Service;
  readonly old: Service | undefined;
  readonly families: readonly IpFamily[];
  readonly options: ServiceAllocationOptions;
}

async function allocate(context: CompanionContext, allocation: Allocation): Promise<void> {
  const { service, old, families } = allocation;
  const findings = prepareServiceAddresses(service, old, families);
  if (findings.length > 0) throw refusal(service, findings);
  await allocateClusterIps(context, allocation);
  await allocateNodePorts(context, allocation);
}

function refusal(service: Service, findings: readonly FieldError[]): StatusError {
  return invalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', findings);
}

/** Addresses that the service has stay; those that its families lack are found, or checked when it asks for them. */
async function allocateClusterIps(context: CompanionContext, { service, old, options }: Allocation): Promise<void> {
  const spec = service.spec ?? {};
  const held = old?.spec && needsClusterIp(old.spec) ? (old.spec.clusterIPs ?? []) : [];
  if (!needsClusterIp(spec) || spec.clusterIPs?.[0] === HEADLESS || held[0] === HEADLESS) return;
  const families = (spec.ipFamilies ?? []) as IpFamily[];
  if (families.length <= held.length) return;
  const ranges = await serviceRanges(context, options.ranges);
  const asked = spec.clusterIPs ?? [];
  const addresses = [...asked.slice(0, held.length)];
  for (const [i, family] of families.entries()) {
    if (i < held.length) continue;
    const wanted = asked[i];
    if (wanted) {
      const problem = await refusalOfAddress(context, ranges, wanted);
      if (problem !== undefined) throw refusal(service, [fieldInvalid(SPEC.child('clusterIPs'), asked, `failed to allocate IP ${wanted}: ${problem}`)]);
      addresses[i] = wanted;
    } else {
      const address = await chooseAddress(context, ranges, family);
      if (address === undefined) throw internalError(`failed to allocate a serviceIP: ${RANGE_FULL}`);
      addresses[i] = address;
    }
  }
  spec.clusterIPs = addresses;
  if (addresses[0] !== undefined) spec.clusterIP = addresses[0];
}

/** The ports that one write takes. */
class PortPick {
  readonly #context: CompanionContext;
  readonly #range: PortRange;
  readonly #own: Set<number>;

  /** `held` are the service's already. */
  constructor(context: CompanionContext, range: PortRange, held: Iterable<number>) {
    this.#context = context;
    this.#range = range;
    this.#own = new Set(held);
  }

  /** Undefined, or why not. */
  async take(port: number): Promise<string | undefined> {
    if (this.#own.has(port)) return 'provided port is already allocated';
    const problem = await refusalOfPort(this.#context.store, this.#range, port);
    if (problem === undefined) this.#own.add(port);
    return problem;
  }

  /** Undefined when there is none. */
  async takeAny(): Promise<number | undefined> {
    const port = await chooseNodePort(this.#context.store, this.#range, { own: this.#own, random: this.#context.random });
    if (port !== undefined) this.#own.add(port);
    return port;
  }
}

async function allocateNodePorts(context: CompanionContext, { service, old, options }: Allocation): Promise<void> {
  const spec = service.spec ?? {};
  const held = new Set(old ? allocationsOf(old).nodePorts.map(({ port }) => port) : []);
  const pick = new PortPick(context, options.nodePorts, held);
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    if (old?.spec && needsNodePort(old.spec)) await changePorts(service, held, pick);
    else await firstPorts(service, held, pick);
  }
  if (needsHealthCheckNodePort(spec) && !(old?.spec && needsHealthCheckNodePort(old.spec))) await allocateHealthCheckPort(spec, pick);
}

const nodePortPath = (i: number): FieldPath => SPEC.child('ports').index(i).child('nodePort');

/** Ports of one number and several protocols share their node port. */
async function firstPorts(service: Service, held: ReadonlySet<number>, pick: PortPick): Promise<void> {
  const spec = service.spec ?? {};
  const ports = spec.ports ?? [];
  const byPort = new Map<number, number>();
  for (const [i, port] of ports.entries()) {
    const number = port.port ?? 0;
    const shared = byPort.get(number);
    if (shared !== undefined && (!port.nodePort || port.nodePort === shared)) {
      port.nodePort = shared;
      continue;
    }
    const asked = port.nodePort || (shared === undefined ? ports.find((other) => other.port === number && other.nodePort)?.nodePort : undefined);
    if (!asked && !needsNodePort(spec)) continue;
    const taken = asked ? await takeAsked(service, i, { port: asked, held, pick }) : await takeAny(pick);
    port.nodePort = taken;
    byPort.set(number, shared ?? taken);
  }
}

/** Of a service that had node ports: its own stay, and one may serve several protocols. */
async function changePorts(service: Service, held: ReadonlySet<number>, pick: PortPick): Promise<void> {
  const spec = service.spec ?? {};
  const taken = new Set<number>();
  const seen = new Set<string>();
  for (const [i, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort) {
      if (!needsNodePort(spec)) continue;
      port.nodePort = await takeAny(pick);
    } else if (!taken.has(port.nodePort)) {
      await takeAsked(service, i, { port: port.nodePort, held, pick });
    }
    taken.add(port.nodePort);
    const key = `${port.protocol ?? 'TCP'}/${port.nodePort}`;
    if (seen.has(key)) throw failure({ code: 500, message: `duplicate nodePort: {${port.protocol ?? 'TCP'} ${port.nodePort}}` });
    seen.add(key);
  }
}

async function takeAsked(service: Service, i: number, { port, held, pick }: { port: number; held: ReadonlySet<number>; pick: PortPick }): Promise<number> {
  if (held.has(port)) return port;
  const problem = await pick.take(port);
  if (problem !== undefined) throw refusal(service, [fieldInvalid(nodePortPath(i), port, problem)]);
  return port;
}

async function takeAny(pick: PortPick): Promise<number> {
  const port = await pick.takeAny();
  if (port === undefined) throw internalError(`failed to allocate a nodePort: ${RANGE_FULL}`);
  return port;
}

async function allocateHealthCheckPort(spec: ServiceSpec, pick: PortPick): Promise<void> {
  const asked = spec.healthCheckNodePort ?? 0;
  if (asked !== 0) {
    const problem = await pick.take(asked);
    if (problem !== undefined) throw failure({ code: 500, message: `failed to allocate requested HealthCheck NodePort ${asked}: ${problem}` });
    return;
  }
  const port = await pick.takeAny();
  if (port === undefined) throw failure({ code: 500, message: `failed to allocate a HealthCheck NodePort ${asked}: ${RANGE_FULL}` });
  spec.healthCheckNodePort = port;
}

/** What of the difference between two states of a service must be taken and given back. */
async function belongings(context: CompanionContext, service: Service | undefined, old: Service | undefined): Promise<Belongings> {
  const now: ReadonlyMap<string, HeldKey> = service ? keysOfService(context, service) : new Map<string, HeldKey>();
  const before: ReadonlyMap<string, HeldKey> = old ? keysOfService(context, old) : new Map<string, HeldKey>();
  const compares: Compare[] = [];
  const operations: Operation[] = [];
  for (const [key, held] of now) {
    if (before.has(key)) continue;
    compares.push({ key, modRevision: 0 });
    operations.push({ type: 'put', key, value: held.value() });
  }
  for (const [key, held] of before) {
    if (now.has(key)) continue;
    const entry = await context.store.getForUpdate(key);
    if (!entry || !held.isHeld(entry)) continue;
    compares.push({ key, modRevision: entry.modRevision });
    operations.push({ type: 'delete', key });
  }
  // One operation is the service's own.
  if (service && operations.length >= maxOperations) throw refusal(service, [fieldTooMany(SPEC.child('ports'), service.spec?.ports?.length ?? 0, maxOperations - 1)]);
  return { compares, operations };
}
