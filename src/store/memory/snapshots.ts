import type { BTree } from '../../machinery/b-tree.ts';
import { sortKey } from '../key-order.ts';
import type { SortKey } from '../key-order.ts';
import type { Entry } from '../store.ts';
import type { RevisionLog } from './revision-log.ts';

export type EntryTree = BTree<SortKey, Entry>;

interface Snapshot {
  readonly revision: number;
  readonly tree: EntryTree;
}

/** A checkpoint costs the nodes that change until the next one; between two, at most this many revisions are undone. */
const checkpointEvery = 256;
/** Whoever pages through an old revision asks for the same one again. */
const keptReads = 4;

/**
 * The store as it was at older revisions: checkpoints taken in passing, and the log undone from the next checkpoint
 * (or from the present) back to the revision asked for.
 */
export class Snapshots {
  #checkpoints: Snapshot[];
  #reads: Snapshot[] = [];

  constructor(from?: Snapshots) {
    this.#checkpoints = from ? from.#checkpoints.slice() : [];
  }

  /** To be called after every commit. */
  afterCommit(revision: number, tree: EntryTree): void {
    if (revision % checkpointEvery === 0) this.#checkpoints.push({ revision, tree: tree.clone() });
  }

  dropBelow(revision: number): void {
    if ((this.#checkpoints[0]?.revision ?? revision) < revision) {
      this.#checkpoints = this.#checkpoints.filter((checkpoint) => checkpoint.revision >= revision);
    }
    if (this.#reads.length > 0) this.#reads = this.#reads.filter((read) => read.revision >= revision);
  }

  /** The tree at `revision`, which the log must reach back to; `present` is the newest. Not to be changed. */
  at(revision: number, present: Snapshot, log: RevisionLog): EntryTree {
    const read = this.#reads.find((candidate) => candidate.revision === revision);
    if (read) return read.tree;
    const nearest = this.#checkpoints.find((checkpoint) => checkpoint.revision >= revision) ?? present;
    const tree = nearest.tree.clone();
    for (let undone = nearest.revision; undone > revision; undone--) {
      for (const event of log.get(undone)?.events ?? []) {
        if (event.previous) tree.set(sortKey(event.key), event.previous);
        else tree.delete(sortKey(event.key));
      }
    }
    this.#reads.push({ revision, tree });
    if (this.#reads.length > keptReads) this.#reads.shift();
    return tree;
  }

  clone(): Snapshots {
    return new Snapshots(this);
  }
}
