import type { Clock } from '../../machinery/clock.ts';
import type { GroupVersionKind, GroupVersionResource } from '../../machinery/group-version.ts';
import { parseApiVersion } from '../../machinery/group-version.ts';
import { asError } from '../as-error.ts';
import type { Caller } from '../caller.ts';
import { discoverResources, type DiscoveredResource } from './discovered-resources.ts';

export interface ResourceMapperOptions {
  readonly caller: Caller;
  readonly clock: Clock;
  /** What is not found is asked for again at the server, but no more often than this; default 10 s. */
  readonly refreshMs?: number;
}

/** What was found of the server's resources, by the names under which they are asked for. */
interface Known {
  readonly byKind: ReadonlyMap<string, DiscoveredResource>;
  readonly byResource: ReadonlyMap<string, DiscoveredResource>;
  readonly all: readonly DiscoveredResource[];
}

/**
 * Which resource serves a kind, and which kind a resource has, by the server's discovery: read when first needed, kept,
 * and read again when something is not found, since definitions come and go.
 */
export class ResourceMapper {
  readonly #options: ResourceMapperOptions;
  #known: Known | undefined;
  #readMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<Known> | undefined;

  constructor(options: ResourceMapperOptions) {
    this.#options = options;
  }

  /** Undefined when the server does not serve the kind. Without a version: the preferred one. */
  forKind(kind: { readonly group: string; readonly kind: string; readonly version?: string }): Promise<DiscoveredResource | undefined> {
    return this.#find((known) => known.byKind.get(kindKey(kind)));
  }

  /** By an object's own `apiVersion` and `kind`. */
  async forObject(object: { readonly apiVersion: string; readonly kind: string }): Promise<DiscoveredResource | undefined> {
    const version = parseApiVersion(object.apiVersion);
    return version && this.forKind({ ...version, kind: object.kind });
  }

  /** Undefined when the server does not serve the resource. Without a version: the preferred one. */
  forResource(resource: { readonly group: string; readonly resource: string; readonly version?: string }): Promise<DiscoveredResource | undefined> {
    return this.#find((known) => known.byResource.get(resourceKey(resource)));
  }

  /** By plural, singular or short name, as people type it; of several groups the first. */
  forName(name: string): Promise<DiscoveredResource | undefined> {
    const wanted = name.toLowerCase();
    return this.#find(
      (known) =>
        known.all.find(({ resource, singular }) => resource === wanted || singular === wanted) ??
        known.all.find(({ shortNames }) => shortNames.includes(wanted)) ??
        known.all.find(({ resource, group }) => `${resource}.${group}` === wanted),
    );
  }

  async all(): Promise<readonly DiscoveredResource[]> {
    return (this.#known ?? (await this.#read())).all;
  }

  /** What is known is read again before it is used. */
  invalidate(): void {
    this.#known = undefined;
    this.#readMs = Number.NEGATIVE_INFINITY;
  }

  async #find(look: (known: Known) => DiscoveredResource | undefined): Promise<DiscoveredResource | undefined> {
    const before = this.#known;
    const found = look(before ?? (await this.#read()));
    if (found || !before) return found;
    const { clock, refreshMs = 10_000 } = this.#options;
    if (clock.now() - this.#readMs < refreshMs) return undefined;
    return look(await this.#read());
  }

  /** Those who ask at the same time share one reading; a failed one is nobody's next. */
  async #read(): Promise<Known> {
    this.#reading ??= discoverResources(this.#options.caller).then(
      (resources) => {
        this.#reading = undefined;
        this.#readMs = this.#options.clock.now();
        this.#known = arrange(resources);
        return this.#known;
      },
      (error: unknown) => {
        this.#reading = undefined;
        throw asError(error);
      },
    );
    return this.#reading;
  }
}

function arrange(resources: readonly DiscoveredResource[]): Known {
  const byKind = new Map<string, DiscoveredResource>();
  const byResource = new Map<string, DiscoveredResource>();
  for (const found of resources) {
    // The first of a group is in its preferred version.
    for (const key of [kindKey(found), kindKey({ group: found.group, kind: found.kind })]) if (!byKind.has(key)) byKind.set(key, found);
    for (const key of [resourceKey(found), resourceKey({ group: found.group, resource: found.resource })]) if (!byResource.has(key)) byResource.set(key, found);
  }
  return { byKind, byResource, all: resources };
}

function kindKey({ group, version = '', kind }: Partial<GroupVersionKind> & { readonly group: string; readonly kind: string }): string {
  return `${group}/${version}/${kind}`;
}

function resourceKey({ group, version = '', resource }: Partial<GroupVersionResource> & { readonly group: string; readonly resource: string }): string {
  return `${group}/${version}/${resource}`;
}
