import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/types/generated/discovery-v1.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';

export type SharedSlice = DeepReadonly<EndpointSlice>;

/** Endpoints with one list of ports. */
export interface EndpointGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface SlicesRequest {
  /** By `portsKey`; all of one address type. */
  readonly groups: ReadonlyMap<string, EndpointGroup>;
  /** Of the same address type, and this owner's. */
  readonly existing: readonly SharedSlice[];
  readonly keyOf: (slice: SharedSlice) => string;
  readonly maxPerSlice: number;
  /** A slice with nothing in it yet, with the labels that all should have. */
  readonly emptySlice: (ports: readonly EndpointPort[]) => EndpointSlice;
  /** Whether a slice stands though there is nothing to say: that there is nobody is said by an empty one. */
  readonly keepsEmpty: boolean;
}

export interface SlicePlan {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly SharedSlice[];
}

/**
 * The fewest writes that make slices say what they should: endpoints stay where they are, new ones go first into slices
 * that are written anyway, then into the fullest one that takes all the rest, then into new slices; a slice that would go
 * becomes one that would be new.
 */
export function computeSlices(request: SlicesRequest): SlicePlan {
  const { groups, existing, keyOf, emptySlice, keepsEmpty } = request;
  const byKey = Map.groupBy(existing, keyOf);
  const create: EndpointSlice[] = [];
  const update: EndpointSlice[] = [];
  const remove: SharedSlice[] = [];
  for (const [key, group] of groups) {
    const plan = planGroup(group, byKey.get(key) ?? [], request);
    create.push(...plan.create);
    update.push(...plan.update);
    remove.push(...plan.delete);
  }
  for (const [key, slices] of byKey) if (!groups.has(key)) remove.push(...slices);
  if (keepsEmpty && remove.length === existing.length && create.length === 0) {
    const placeholder = emptySlice([]);
    const [first] = remove;
    if (first && (first.endpoints ?? []).length === 0 && (first.ports ?? []).length === 0 && equalJson(first.metadata.labels ?? {}, placeholder.metadata.labels ?? {})) remove.shift();
    else create.push(placeholder);
  }
  return reuse({ create, update, delete: remove });
}

function planGroup({ ports, endpoints }: EndpointGroup, existing: readonly SharedSlice[], { emptySlice, maxPerSlice }: SlicesRequest): SlicePlan {
  const wanted = new Map(endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const template = emptySlice(ports);
  const unchanged: SharedSlice[] = [];
  const update: EndpointSlice[] = [];
  const remove: SharedSlice[] = [];
  for (const slice of existing) {
    const { kept, changed } = keep(slice, wanted);
    const relabelled = !equalJson(slice.metadata.labels ?? {}, template.metadata.labels ?? {});
    if (kept.length === 0) remove.push(slice);
    else if (changed || relabelled) update.push(changedSlice(slice, template, kept));
    else unchanged.push(slice);
  }
  const rest = [...wanted.values()];
  for (const slice of update) fill(slice, rest, maxPerSlice);
  const create: EndpointSlice[] = [];
  while (rest.length > 0) {
    const roomy = rest.length < maxPerSlice ? tightestFit(unchanged, rest.length, maxPerSlice) : undefined;
    const slice = roomy ? changedSlice(roomy, template, (roomy.endpoints ?? []) as readonly Endpoint[]) : emptySlice(ports);
    if (roomy) unchanged.splice(unchanged.indexOf(roomy), 1);
    (roomy ? update : create).push(slice);
    fill(slice, rest, maxPerSlice);
  }
  return { create, update, delete: remove };
}

/** What of the slice stays, and takes it out of what is wanted yet. */
function keep(slice: SharedSlice, wanted: Map<string, Endpoint>): { readonly kept: Endpoint[]; readonly changed: boolean } {
  const kept: Endpoint[] = [];
  const before = slice.endpoints ?? [];
  let changed = false;
  for (const endpoint of before) {
    const id = identity(endpoint);
    const found = wanted.get(id);
    if (!found) continue;
    wanted.delete(id);
    kept.push(found);
    changed ||= !equalJson(found, endpoint);
  }
  return { kept, changed: changed || kept.length !== before.length };
}

function changedSlice(slice: SharedSlice, template: EndpointSlice, endpoints: readonly Endpoint[]): EndpointSlice {
  const copy = cloneJson(slice) as EndpointSlice;
  return { ...copy, metadata: { ...copy.metadata, labels: { ...template.metadata.labels } }, endpoints: [...endpoints] };
}

function fill(slice: EndpointSlice, rest: Endpoint[], maxPerSlice: number): void {
  const endpoints = slice.endpoints ?? [];
  slice.endpoints = [...endpoints, ...rest.splice(0, maxPerSlice - endpoints.length)];
}

function tightestFit(slices: readonly SharedSlice[], count: number, maxPerSlice: number): SharedSlice | undefined {
  const sizeOf = ({ endpoints }: SharedSlice): number => (endpoints ?? []).length;
  const fitting = slices.filter((slice) => sizeOf(slice) + count <= maxPerSlice);
  return fitting.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
}

/** Whose endpoint it is; all else of it may change in place. */
function identity({ addresses, hostname = '', targetRef }: DeepReadonly<Endpoint>): string {
  return JSON.stringify([addresses, hostname, targetRef?.namespace, targetRef?.name]);
}

function reuse({ create, update, delete: remove }: SlicePlan): SlicePlan {
  const created = [...create];
  const updated = [...update];
  const removed = remove.filter((slice) => {
    const replacement = created.pop();
    if (!replacement) return true;
    updated.push({ ...replacement, metadata: { ...(cloneJson(slice) as EndpointSlice).metadata, labels: { ...replacement.metadata.labels } } });
    return false;
  });
  return { create: created, update: updated, delete: removed };
}
