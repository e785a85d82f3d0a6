import type { DeepReadonly } from '../../machinery/json.ts';
import type { ObjectMeta, OwnerReference } from '../../machinery/object-meta.ts';
import { referenceOf, sameReference, type ObjectReference } from './object-reference.ts';

export const ORPHAN_FINALIZER = 'orphan';
export const FOREGROUND_FINALIZER = 'foregroundDeletion';

/** An object and who depends on it. Shared with the graph: read it, and do not keep it across changes. */
export interface GraphNode {
  readonly identity: ObjectReference;
  readonly owners: readonly DeepReadonly<OwnerReference>[];
  readonly dependents: ReadonlySet<GraphNode>;
  /** Known only from references to it: it may not exist, or not as they say. */
  readonly virtual: boolean;
  readonly beingDeleted: boolean;
  /** In foreground deletion: it waits for its dependents. */
  readonly deletingDependents: boolean;
}

interface Node extends GraphNode {
  identity: ObjectReference;
  owners: readonly DeepReadonly<OwnerReference>[];
  readonly dependents: Set<Node>;
  virtual: boolean;
  beingDeleted: boolean;
  deletingDependents: boolean;
}

/** What a change of the graph asks for. */
export interface GraphEffects {
  /** Uids of objects that may have to be deleted, or whose deletion may go on. */
  readonly attemptToDelete: ReadonlySet<string>;
  /** The same, but not at once: a guess that follows a wrong one. */
  readonly attemptLater: ReadonlySet<string>;
  readonly attemptToOrphan: ReadonlySet<string>;
  /** Owners that are known not to exist. */
  readonly absent: readonly ObjectReference[];
  /** Dependents that name an owner of another namespace. */
  readonly invalidNamespace: readonly { readonly dependent: ObjectReference; readonly owner: ObjectReference }[];
}

class Effects implements GraphEffects {
  readonly attemptToDelete = new Set<string>();
  readonly attemptLater = new Set<string>();
  readonly attemptToOrphan = new Set<string>();
  readonly absent: ObjectReference[] = [];
  readonly invalidNamespace: { readonly dependent: ObjectReference; readonly owner: ObjectReference }[] = [];
}

type Metadata = DeepReadonly<ObjectMeta>;

/**
 * Who owns whom, over all resources, by uid. Pure: changes go in, what they ask for comes out. An owner that is not
 * known yet gets a virtual node, which stays until it is observed, or until somebody has asked for it in vain.
 */
export class OwnerGraph {
  readonly #nodes = new Map<string, Node>();

  get size(): number {
    return this.#nodes.size;
  }

  node(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** An object was added or changed. */
  observe(identity: ObjectReference, metadata: Metadata, old?: Metadata): GraphEffects {
    const effects = new Effects();
    let node = this.#nodes.get(identity.uid);
    if (node?.virtual === true) this.#materialize(node, identity, effects);
    const owners = metadata.ownerReferences ?? [];
    const beingDeleted = metadata.deletionTimestamp !== undefined;
    if (!node) {
      node = { identity, owners, dependents: new Set(), virtual: false, beingDeleted, deletingDependents: beingDeleted && hasFinalizer(metadata, FOREGROUND_FINALIZER) };
      this.#nodes.set(identity.uid, node);
      this.#addToOwners(node, owners, effects);
    } else {
      this.#replaceOwners(node, owners, effects);
      node.beingDeleted ||= beingDeleted;
    }
    noteTransitions(node, { metadata, old }, effects);
    return effects;
  }

  /** An object is gone; of a virtual node, it was found out that it does not exist as `identity` says. */
  remove(identity: ObjectReference, options: { readonly virtual?: boolean } = {}): GraphEffects {
    const effects = new Effects();
    const node = this.#nodes.get(identity.uid);
    if (!node) return effects;
    if (options.virtual === true && !this.#confirms(node, identity, effects)) return effects;
    this.#nodes.delete(identity.uid);
    for (const { uid } of node.owners) this.#dropDependent(uid, node);
    if (node.dependents.size > 0) effects.absent.push(identity);
    for (const dependent of node.dependents) effects.attemptToDelete.add(dependent.identity.uid);
    for (const { uid } of node.owners) if (this.#nodes.get(uid)?.deletingDependents === true) effects.attemptToDelete.add(uid);
    return effects;
  }

  /** A virtual node turned out to exist: who refers to it wrongly is looked at again. */
  #materialize(node: Node, identity: ObjectReference, effects: Effects): void {
    if (!sameReference(node.identity, identity)) {
      for (const dependent of node.dependents) {
        if (refersTo(dependent, identity)) continue;
        if (identity.namespace !== '' && dependent.identity.namespace !== identity.namespace) reportNamespace(dependent, identity.uid, effects);
        effects.attemptToDelete.add(dependent.identity.uid);
      }
      node.identity = identity;
    }
    node.virtual = false;
  }

  #replaceOwners(node: Node, owners: readonly DeepReadonly<OwnerReference>[], effects: Effects): void {
    const before = new Map(node.owners.map((owner) => [owner.uid, owner]));
    const after = new Map(owners.map((owner) => [owner.uid, owner]));
    for (const [uid, owner] of before) {
      const unblocked = owner.blockOwnerDeletion === true && after.get(uid)?.blockOwnerDeletion !== true;
      if (unblocked && this.#nodes.has(uid)) effects.attemptToDelete.add(uid);
    }
    node.owners = owners;
    this.#addToOwners(node, owners.filter(({ uid }) => !before.has(uid)), effects);
    for (const uid of before.keys()) if (!after.has(uid)) this.#dropDependent(uid, node);
  }

  #addToOwners(node: Node, owners: readonly DeepReadonly<OwnerReference>[], effects: Effects): void {
    let doubtful = false;
    for (const owner of owners) {
      const known = this.#nodes.get(owner.uid);
      if (!known) {
        const identity = referenceOf(owner, node.identity.namespace);
        this.#nodes.set(owner.uid, { identity, owners: [], dependents: new Set([node]), virtual: true, beingDeleted: false, deletingDependents: false });
        effects.attemptToDelete.add(owner.uid);
        continue;
      }
      known.dependents.add(node);
      if (doubtful) continue;
      const { identity } = known;
      if (identity.namespace !== '' && identity.namespace !== node.identity.namespace) {
        if (!known.virtual) reportNamespace(node, owner.uid, effects);
        doubtful = true;
      } else if (!sameReference(referenceOf(owner, identity.namespace), identity)) doubtful = true;
    }
    if (doubtful) effects.attemptToDelete.add(node.identity.uid);
  }

  #dropDependent(ownerUid: string, node: Node): void {
    const owner = this.#nodes.get(ownerUid);
    owner?.dependents.delete(node);
  }

  /** Whether the node goes, now that what `identity` says is known not to exist. */
  #confirms(node: Node, identity: ObjectReference, effects: Effects): boolean {
    if (!node.virtual && sameReference(node.identity, identity)) return true;
    const matching = [...node.dependents].filter((dependent) => refersTo(dependent, identity));
    const others = [...node.dependents].filter((dependent) => !matching.includes(dependent));
    if (node.virtual && others.length === 0) return true;
    if (matching.length > 0) {
      effects.absent.push(identity);
      for (const dependent of matching) effects.attemptToDelete.add(dependent.identity.uid);
    }
    if (node.virtual && sameReference(node.identity, identity)) {
      const alternative = alternativeIdentity(others, identity);
      if (alternative) {
        node.identity = alternative;
        effects.attemptLater.add(identity.uid);
      }
    }
    return false;
  }
}

export function hasFinalizer(metadata: Metadata, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

/** Those of a node's dependents that its foreground deletion waits for. */
export function blockingDependents(node: GraphNode): GraphNode[] {
  const { uid } = node.identity;
  return [...node.dependents].filter(({ owners }) => owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true));
}

function noteTransitions(node: Node, { metadata, old }: { readonly metadata: Metadata; readonly old: Metadata | undefined }, effects: Effects): void {
  const starts = (finalizer: string): boolean =>
    isDeletedWith(metadata, finalizer) && (old === undefined || !isDeletedWith(old, finalizer));
  if (starts(ORPHAN_FINALIZER)) {
    effects.attemptToOrphan.add(node.identity.uid);
    return;
  }
  if (!starts(FOREGROUND_FINALIZER)) return;
  node.deletingDependents = true;
  for (const dependent of node.dependents) effects.attemptToDelete.add(dependent.identity.uid);
  effects.attemptToDelete.add(node.identity.uid);
}

function isDeletedWith(metadata: Metadata, finalizer: string): boolean {
  return metadata.deletionTimestamp !== undefined && hasFinalizer(metadata, finalizer);
}

/** Owners without a namespace may own everything; those in one only what is in the same. */
function refersTo(dependent: GraphNode, identity: ObjectReference): boolean {
  if (identity.namespace !== '' && dependent.identity.namespace !== identity.namespace) return false;
  return dependent.owners.some((owner) => sameReference(referenceOf(owner, identity.namespace), identity));
}

function reportNamespace(dependent: GraphNode, ownerUid: string, effects: Effects): void {
  const owner = dependent.owners.find(({ uid }) => uid === ownerUid);
  if (owner) effects.invalidNamespace.push({ dependent: dependent.identity, owner: referenceOf(owner, dependent.identity.namespace) });
}

/** Another place where dependents say that the owner is: the next in order after the one tried, or the first again. */
function alternativeIdentity(dependents: readonly GraphNode[], tried: ObjectReference): ObjectReference | undefined {
  const found = dependents.flatMap((dependent) =>
    dependent.owners.filter(({ uid }) => uid === tried.uid).map((owner) => referenceOf(owner, dependent.identity.namespace)).filter((reference) => !sameReference(reference, tried)),
  );
  const ordered = found.map((reference) => ({ reference, text: [reference.namespace, reference.kind, reference.apiVersion, reference.name].join('\n') })).toSorted((a, b) => (a.text < b.text ? -1 : 1));
  const after = [tried.namespace, tried.kind, tried.apiVersion, tried.name].join('\n');
  return (ordered.find(({ text }) => text > after) ?? ordered[0])?.reference;
}
