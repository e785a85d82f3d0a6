import type { Caller } from '../../client/caller.ts';
import { discoverResources, type DiscoveredResource } from '../../client/discovery/discovered-resources.ts';
import { parseApiVersion } from '../../machinery/group-version.ts';

export interface KindReference {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The resources that references by kind lead to, as the server serves them. What is served changes: a kind that is not known is asked for again. */
export class KindResources {
  readonly #caller: Caller;
  #resources: readonly DiscoveredResource[] = [];

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** In the very version. Throws when there is none. */
  async inVersion({ apiVersion, kind }: KindReference, signal: AbortSignal): Promise<DiscoveredResource> {
    const { group = '', version = '' } = parseApiVersion(apiVersion) ?? {};
    const found = await this.#find((resource) => resource.kind === kind && resource.group === group && resource.version === version, signal);
    if (!found) throw new Error(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
    return found;
  }

  /** In the version that the server prefers. Throws when there is none. */
  async inGroup({ apiVersion, kind }: KindReference, signal: AbortSignal): Promise<DiscoveredResource> {
    const parsed = parseApiVersion(apiVersion);
    if (!parsed) throw new Error(`unexpected GroupVersion string: ${apiVersion}`);
    const found = await this.#find((resource) => resource.kind === kind && resource.group === parsed.group, signal);
    if (!found) throw new Error(`no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(parsed.group)}`);
    return found;
  }

  async #find(isMeant: (resource: DiscoveredResource) => boolean, signal: AbortSignal): Promise<DiscoveredResource | undefined> {
    const known = this.#resources.find(isMeant);
    if (known) return known;
    this.#resources = await discoverResources(this.#caller, { signal });
    return this.#resources.find(isMeant);
  }
}
