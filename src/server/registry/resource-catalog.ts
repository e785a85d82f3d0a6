import type { ResourceType } from './resource-type.ts';

interface GroupEntry {
  /** In the order of preference, the preferred version first. */
  readonly versions: Map<string, Map<string, ResourceType>>;
}

/**
 * Which resources are served now. Built-in ones stay; custom and aggregated ones come and go. Look-ups cost two maps.
 */
export class ResourceCatalog {
  readonly #groups = new Map<string, GroupEntry>();
  readonly #listeners = new Set<() => void>();
  #generation = 0;

  /** Changes whenever the set of served resources does: documents derived from it may be kept while it stays. */
  get generation(): number {
    return this.#generation;
  }

  /** An independent catalog that serves the same; the types themselves never change and are shared. */
  clone(): ResourceCatalog {
    const copy = new ResourceCatalog();
    copy.add(this.all());
    return copy;
  }

  find(group: string, version: string, resource: string): ResourceType | undefined {
    return this.#groups.get(group)?.versions.get(version)?.get(resource);
  }

  hasGroupVersion(group: string, version: string): boolean {
    return this.#groups.get(group)?.versions.has(version) ?? false;
  }

  groups(): string[] {
    return [...this.#groups.keys()];
  }

  versions(group: string): string[] {
    return [...(this.#groups.get(group)?.versions.keys() ?? [])];
  }

  resources(group: string, version: string): ResourceType[] {
    return [...(this.#groups.get(group)?.versions.get(version)?.values() ?? [])];
  }

  all(): ResourceType[] {
    return this.groups().flatMap((g) => this.versions(g).flatMap((v) => this.resources(g, v)));
  }

  /** The resource in the version it is stored in, or in any other. */
  findStored(group: string, resource: string): ResourceType | undefined {
    let found: ResourceType | undefined;
    for (const version of this.versions(group)) {
      const type = this.find(group, version, resource);
      if (type?.isStorageVersion) return type;
      found ??= type;
    }
    return found;
  }

  findKind(group: string, version: string, kind: string): ResourceType | undefined {
    return this.resources(group, version).find((t) => t.kind === kind);
  }

  /** Adds resources; those already served under the same names are replaced. */
  add(types: readonly ResourceType[]): void {
    this.replace([], types);
  }

  remove(types: readonly ResourceType[]): void {
    this.replace(types, []);
  }

  /** Takes some away and adds others in one step. */
  replace(removed: readonly ResourceType[], added: readonly ResourceType[]): void {
    this.#take(removed);
    this.#put(added);
    this.#generation++;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(types: readonly ResourceType[]): void {
    for (const type of types) {
      const group = this.#groups.get(type.group) ?? { versions: new Map<string, Map<string, ResourceType>>() };
      this.#groups.set(type.group, group);
      const version = group.versions.get(type.version) ?? new Map<string, ResourceType>();
      group.versions.set(type.version, version);
      version.set(type.resource, type);
    }
  }

  #take(types: readonly ResourceType[]): void {
    for (const type of types) {
      const group = this.#groups.get(type.group);
      const version = group?.versions.get(type.version);
      if (!group || !version || version.get(type.resource) !== type) continue;
      version.delete(type.resource);
      if (version.size === 0) group.versions.delete(type.version);
      if (group.versions.size === 0) this.#groups.delete(type.group);
    }
  }
}
