import type { ApiObject } from '../../client/resource-definition.ts';
import { asError } from '../../client/as-error.ts';
import { BoundedCache } from '../../runtime/bounded-cache.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import { WorkQueue } from '../../runtime/work-queue.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { computeDeletion, type ClassifiedOwners } from './compute-deletion.ts';
import { ObjectAccess } from './object-access.ts';
import { formatReference, referenceKey, referenceOf, type ObjectReference } from './object-reference.ts';
import { blockingDependents, FOREGROUND_FINALIZER, hasFinalizer, ORPHAN_FINALIZER, OwnerGraph, type GraphEffects, type GraphNode } from './owner-graph.ts';
import { ResourceMonitors } from './resource-monitors.ts';

const WORKERS = 20;
const ABSENT_OWNERS = 500;
const INITIAL_SYNC_MS = 30_000;

/** Whether an attempt settled the matter, or is to be made again. */
type Attempt = 'done' | 'again';

/** Deletes what has lost its owners, and carries out foreground deletion and orphaning. */
export function startGarbageCollector(context: ControllerContext): RunningController {
  const collector = new GarbageCollector(context);
  const running = collector.run();
  return {
    stop: async () => {
      await collector.stop();
      await running;
    },
  };
}

/**
 * The graph says what to look at; what happens is decided by what the server says then, so that a graph that lags or
 * errs costs requests, but never an object.
 */
class GarbageCollector {
  readonly #graph = new OwnerGraph();
  readonly #access: ObjectAccess;
  readonly #monitors: ResourceMonitors;
  readonly #absentOwners = new BoundedCache<string, true>(ABSENT_OWNERS);
  readonly #events: EventRecorder;
  readonly #deletions: WorkQueue;
  readonly #orphanings: WorkQueue;
  readonly #log: (line: string) => void;

  constructor(context: ControllerContext) {
    const { client, clock, random, log } = context;
    this.#access = new ObjectAccess(client);
    this.#deletions = new WorkQueue({ clock });
    this.#orphanings = new WorkQueue({ clock });
    this.#log = log;
    this.#events = new EventRecorder({ client, random, component: 'garbage-collector-controller' });
    this.#monitors = new ResourceMonitors(context, {
      onObserved: (identity, object, old) => this.#apply(this.#graph.observe(identity, object.metadata, old?.metadata)),
      onRemoved: (identity) => this.#apply(this.#graph.remove(identity)),
      onResourcesChanged: () => this.#access.forgetResources(),
    });
  }

  async run(): Promise<void> {
    // Deciding on half a graph is safe, but asks the server about owners that the other half would have shown.
    await this.#monitors.start(INITIAL_SYNC_MS);
    await Promise.all([
      ...Array.from({ length: WORKERS }, () => this.#work(this.#deletions, (uid) => this.#attemptToDelete(uid))),
      ...Array.from({ length: WORKERS }, () => this.#work(this.#orphanings, (uid) => this.#attemptToOrphan(uid))),
    ]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#monitors.stop(), this.#deletions.shutDownNow(), this.#orphanings.shutDownNow()]);
    await this.#events.stop();
  }

  #apply(effects: GraphEffects): void {
    for (const identity of effects.absent) this.#absentOwners.set(referenceKey(identity), true);
    for (const uid of effects.attemptToDelete) this.#deletions.add(uid);
    for (const uid of effects.attemptLater) this.#deletions.addRateLimited(uid);
    for (const uid of effects.attemptToOrphan) this.#orphanings.add(uid);
    for (const { dependent, owner } of effects.invalidNamespace) {
      const { apiVersion, kind, namespace, name, uid } = dependent;
      const subject = { apiVersion, kind, name, uid, ...(namespace !== '' && { namespace }) };
      this.#events.event(subject, 'Warning', 'OwnerRefInvalidNamespace', `ownerRef ${formatReference(owner)} does not exist in namespace ${JSON.stringify(namespace)}`);
    }
  }

  async #work(queue: WorkQueue, attempt: (uid: string) => Promise<Attempt>): Promise<void> {
    for (let item = await queue.take(); item; item = await queue.take()) {
      const { key } = item;
      try {
        if ((await attempt(key)) === 'done') queue.forget(key);
        else queue.addRateLimited(key);
      } catch (error) {
        const node = this.#graph.node(key);
        this.#log(`garbage-collector-controller: ${node ? formatReference(node.identity) : key}: ${asError(error).message}`);
        queue.addRateLimited(key);
      } finally {
        queue.done(key);
      }
    }
  }

  async #attemptToDelete(uid: string): Promise<Attempt> {
    const node = this.#graph.node(uid);
    if (!node) return 'done';
    if (node.beingDeleted && !node.deletingDependents) return 'done';
    const { identity } = node;
    const latest = await this.#access.get(identity);
    if (latest?.metadata.uid !== uid) {
      this.#apply(this.#graph.remove(identity, { virtual: true }));
      return 'done';
    }
    if (node.deletingDependents) return this.#continueForeground(node);
    await this.#collect(node, latest);
    // Until an informer shows it, its end may go unseen.
    return node.virtual ? 'again' : 'done';
  }

  async #continueForeground(node: GraphNode): Promise<Attempt> {
    const blocking = blockingDependents(node);
    if (blocking.length === 0) await this.#access.removeFinalizer(node.identity, FOREGROUND_FINALIZER);
    for (const dependent of blocking) if (!dependent.deletingDependents) this.#deletions.add(dependent.identity.uid);
    return 'done';
  }

  async #collect(node: GraphNode, latest: ApiObject): Promise<void> {
    if ((latest.metadata.ownerReferences ?? []).length === 0) return;
    const owners = await this.#classifyOwners(node.identity, latest);
    if (!owners) return;
    const plan = computeDeletion(node, latest.metadata, owners);
    if (plan.type === 'keep') return;
    if (plan.type === 'forgetOwners') {
      await this.#access.forgetOwners(node.identity, plan.uids);
      return;
    }
    let read = latest;
    if (plan.unblock) {
      await this.#access.unblockOwners(node.identity);
      const unblocked = await this.#access.get(node.identity);
      if (unblocked?.metadata.uid !== node.identity.uid) return;
      read = unblocked;
    }
    await this.#access.delete(node.identity, read, plan.policy);
  }

  /** Undefined for what cannot be: an object without a namespace whose owner is in one. It is left alone. */
  async #classifyOwners(identity: ObjectReference, { metadata }: ApiObject): Promise<ClassifiedOwners | undefined> {
    const solid: string[] = [];
    const dangling: string[] = [];
    const waiting: string[] = [];
    for (const reference of metadata.ownerReferences ?? []) {
      const owner = await this.#findOwner(referenceOf(reference, ''), identity.namespace);
      if (owner === 'invalid') return undefined;
      if (owner === undefined) dangling.push(reference.uid);
      else if (owner.metadata.deletionTimestamp !== undefined && hasFinalizer(owner.metadata, FOREGROUND_FINALIZER)) waiting.push(reference.uid);
      else solid.push(reference.uid);
    }
    return { solid, dangling, waiting };
  }

  async #findOwner(reference: ObjectReference, namespace: string): Promise<ApiObject | 'invalid' | undefined> {
    if (this.#absentOwners.get(referenceKey(reference)) ?? this.#absentOwners.get(referenceKey({ ...reference, namespace }))) return undefined;
    const { namespaced } = await this.#access.resourceOf(reference);
    if (namespaced && namespace === '') return 'invalid';
    const located = { ...reference, namespace: namespaced ? namespace : '' };
    const owner = await this.#access.get(located);
    if (owner?.metadata.uid === reference.uid) return owner;
    this.#absentOwners.set(referenceKey(located), true);
    return undefined;
  }

  async #attemptToOrphan(uid: string): Promise<Attempt> {
    const node = this.#graph.node(uid);
    if (!node) return 'done';
    const { identity } = node;
    await Promise.all([...node.dependents].map((dependent) => this.#access.forgetOwners(dependent.identity, [uid])));
    await this.#access.removeFinalizer(identity, ORPHAN_FINALIZER);
    return 'done';
  }
}
