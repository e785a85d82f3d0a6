import { discoverResources, type DiscoveredResource } from '../../client/discovery/discovered-resources.ts';
import type { CallOptions, Caller } from '../../client/caller.ts';

/** Versions of groups whose own server does not answer. */
export interface DiscoveryFailure {
  readonly groupVersion: string;
  readonly message: string;
}

export interface PreferredResources {
  /** Each resource once, in its group's preferred version or else the first that has it. */
  readonly resources: readonly DiscoveredResource[];
  readonly failures: readonly DiscoveryFailure[];
}

/** What the server serves, told apart from what it cannot tell at the moment: a loop that deletes must know the difference. */
export async function preferredResources(caller: Caller, options: CallOptions = {}): Promise<PreferredResources> {
  const failures: DiscoveryFailure[] = [];
  const all = await discoverResources(caller, { ...options, onFailure: (groupVersion, message) => failures.push({ groupVersion, message }) });
  const seen = new Set<string>();
  const resources = all.filter(({ group, resource }) => {
    const id = `${resource}.${group}`;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
  return { resources, failures };
}

/** As client-go words it. */
export function discoveryFailureText(failures: readonly DiscoveryFailure[]): string {
  const texts = failures.map(({ groupVersion, message }) => `${groupVersion}: ${message}`).toSorted();
  return `unable to retrieve the complete list of server APIs: ${texts.join(', ')}`;
}
