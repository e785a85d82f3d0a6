/**
 * The custom resources of a running server. Fed with every change of a definition, in the store's order, it keeps what
 * is served up to date at once, and then does what Kubernetes leaves to controllers: accepts names, and clears away the
 * objects of definitions that are being deleted. Level-based: a change that is told twice, or a write that failed and
 * is told again, comes to the same.
 */
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';
import { CustomResourceKind, type CustomResourceKindOptions } from './custom-resource-kind.ts';
import { customResourceTypes, type CustomResourceType } from './custom-resource-types.ts';
import { CLEANUP_FINALIZER, computeStatus, setTerminating, type TerminatingReason } from './definition-status.ts';

/** What it needs of the server around it. */
export interface CustomResourcePorts {
  nowMs(): number;
  /** Told in one step what stops and what starts being served; types of the same names replace each other. */
  serve(change: { readonly removed: readonly CustomResourceType[]; readonly added: readonly CustomResourceType[] }): void;
  /**
   * Writes status and finalizers of a definition whose resourceVersion is the one given; does nothing when that is no
   * longer the newest, since a newer change is about to be told.
   */
  writeDefinition(definition: CustomResourceDefinition): Promise<void>;
  /** Deletes all objects of a kind, in all namespaces; resolves to how many are still there (held by finalizers). */
  deleteObjects(kind: CustomResourceKind): Promise<number>;
  /** Calls back once, later: objects that are held are looked at again. */
  retry(callback: () => void): void;
}

type Definition = DeepReadonly<CustomResourceDefinition>;

interface Entry {
  readonly definition: Definition;
  readonly kind: CustomResourceKind;
  readonly types: readonly CustomResourceType[];
}

export class CustomResources {
  readonly #options: CustomResourceKindOptions;
  readonly #ports: CustomResourcePorts;
  /** By the definition's name. */
  readonly #entries = new Map<string, Entry>();
  /** Names of definitions by group: only they can be in each other's way. */
  readonly #groups = new Map<string, Set<string>>();
  /** Statuses that are being written: what they claim is taken already. By the definition's name. */
  readonly #claims = new Map<string, Definition>();
  readonly #running = new Set<Promise<void>>();
  readonly #clearing = new Set<string>();

  constructor(options: CustomResourceKindOptions, ports: CustomResourcePorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** The kind of a definition by its name: `crontabs.stable.example.com`. */
  kind(name: string): CustomResourceKind | undefined {
    return this.#entries.get(name)?.kind;
  }

  /** A definition was created or changed. What it serves is served when this returns. */
  changed(definition: Definition): void {
    const name = definition.metadata.name ?? '';
    const { group } = definition.spec;
    const members = this.#groups.get(group) ?? new Set<string>();
    this.#groups.set(group, members.add(name));
    const before = this.#entries.get(name)?.definition.status?.acceptedNames;
    this.#claims.delete(name);
    this.#reconcile(definition);
    if (before !== undefined && !equalJson(before, definition.status?.acceptedNames)) this.#reconcileGroup(group, name);
  }

  /** A definition is gone: its rivals may have its names. */
  deleted(definition: Definition): void {
    const name = definition.metadata.name ?? '';
    const old = this.#entries.get(name);
    if (old === undefined) return;
    this.#entries.delete(name);
    this.#claims.delete(name);
    const { group } = definition.spec;
    const members = this.#groups.get(group);
    members?.delete(name);
    if (members?.size === 0) this.#groups.delete(group);
    this.#serve(old.types, []);
    this.#reconcileGroup(group, name);
  }

  /** Resolves when nothing that was begun is under way: the next request sees names accepted and objects served. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  #serve(removed: readonly CustomResourceType[], added: readonly CustomResourceType[]): void {
    if (removed.length > 0 || added.length > 0) this.#ports.serve({ removed, added });
  }

  /** Names may have become free for those of the group that wait for some. */
  #reconcileGroup(group: string, except: string): void {
    for (const name of this.#groups.get(group) ?? []) {
      const entry = name === except ? undefined : this.#entries.get(name);
      if (entry !== undefined && lacksNames(entry.definition)) this.#reconcile(entry.definition);
    }
  }

  /**
   * Serves what the definition's names allow, without waiting for its status to say so; writes the status it should have;
   * and when there is nothing to write and it is being deleted, clears its objects away.
   */
  #reconcile(definition: Definition): void {
    const name = definition.metadata.name ?? '';
    const wanted = cloneJson(definition) as CustomResourceDefinition;
    wanted.status = computeStatus(wanted, this.#rivals(definition), this.#ports.nowMs());
    const old = this.#entries.get(name);
    const kind = new CustomResourceKind(wanted, this.#options, old?.kind);
    const types = customResourceTypes(kind);
    this.#entries.set(name, { definition, kind, types });
    this.#serve(old?.types ?? [], types);
    if (!equalJson(wanted.status, definition.status)) {
      this.#claims.set(name, wanted);
      this.#run(name, this.#ports.writeDefinition(wanted));
    } else if (isBeingDeleted(definition)) this.#clear(name);
  }

  *#rivals(definition: Definition): Iterable<Definition> {
    for (const name of this.#groups.get(definition.spec.group) ?? []) {
      const entry = this.#entries.get(name);
      if (entry !== undefined && name !== definition.metadata.name) yield this.#claims.get(name) ?? entry.definition;
    }
  }

  #clear(name: string): void {
    if (this.#clearing.has(name)) return;
    this.#clearing.add(name);
    this.#run(name, this.#clearObjects(name).finally(() => this.#clearing.delete(name)));
  }

  async #clearObjects(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    let remaining: number;
    try {
      remaining = await this.#ports.deleteObjects(entry.kind);
    } catch (error) {
      await this.#note(name, 'InstanceDeletionFailed', error instanceof Error ? `could not delete instances: ${error.message}` : undefined);
      this.#again(name);
      return;
    }
    if (remaining > 0) {
      await this.#note(name, 'InstanceDeletionInProgress');
      this.#again(name);
      return;
    }
    const newest = this.#entries.get(name);
    if (newest === undefined) return;
    const done = cloneJson(newest.definition) as CustomResourceDefinition;
    setTerminating(done, 'InstanceDeletionCompleted', this.#ports.nowMs());
    done.metadata.finalizers = (done.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
    if (done.metadata.finalizers.length === 0) delete done.metadata.finalizers;
    await this.#ports.writeDefinition(done);
  }

  async #note(name: string, reason: TerminatingReason, message?: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    const noted = cloneJson(entry.definition) as CustomResourceDefinition;
    setTerminating(noted, reason, this.#ports.nowMs(), message);
    if (!equalJson(noted.status, entry.definition.status)) await this.#ports.writeDefinition(noted);
  }

  #again(name: string): void {
    this.#ports.retry(() => {
      const entry = this.#entries.get(name);
      if (entry !== undefined) this.#reconcile(entry.definition);
    });
  }

  /** Work that fails is begun anew later. */
  #run(name: string, work: Promise<void>): void {
    const failed = (): void => {
      this.#claims.delete(name);
      this.#again(name);
    };
    const running = work.catch(failed).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

function lacksNames({ status }: Definition): boolean {
  return status?.conditions?.some((condition) => condition.type === 'NamesAccepted' && condition.status === 'False') === true;
}

function isBeingDeleted({ metadata }: Definition): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(CLEANUP_FINALIZER) === true;
}
