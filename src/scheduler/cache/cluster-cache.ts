import { NodeInfo } from '../framework/node-info.ts';
import type { SharedNode } from '../framework/objects.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { ImageStates } from './image-states.ts';
import { inZoneOrder, zoneOf } from './node-order.ts';

interface Placed {
  readonly info: PodInfo;
  readonly nodeName: string;
  /** The API has not shown the pod on the node yet. */
  readonly assumed: boolean;
}

/**
 * Nodes and the pods on them, with those that are being bound. Nothing is copied for a scheduling cycle: while a cycle
 * holds the cache, changes wait. Every change costs what it changes.
 */
export class ClusterCache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #pods = new Map<string, Placed>();
  readonly #images = new ImageStates();
  readonly #repelling = new Set<NodeInfo>();
  readonly #attracting = new Set<NodeInfo>();
  #listed: readonly NodeInfo[] | undefined = [];
  #held = false;
  #waiting: (() => void)[] = [];

  /** Known nodes, zone by zone in turn. The same list until a node comes, goes or moves. */
  get nodes(): readonly NodeInfo[] {
    this.#listed ??= inZoneOrder(this.#nodes.values().filter(({ exists }) => exists));
    return this.#listed;
  }

  node(name: string): NodeInfo | undefined {
    const node = this.#nodes.get(name);
    return node?.exists === true ? node : undefined;
  }

  /** Nodes where pods have required anti-affinity. */
  get repellingNodes(): ReadonlySet<NodeInfo> {
    return this.#repelling;
  }

  /** Nodes where pods have any other affinity to pods. */
  get attractingNodes(): ReadonlySet<NodeInfo> {
    return this.#attracting;
  }

  get podCount(): number {
    return this.#pods.size;
  }

  isAssumed({ uid }: PodInfo): boolean {
    return this.#pods.get(uid)?.assumed === true;
  }

  /** Runs the cycle with the cache as it is now; what comes meanwhile is seen after it. Cycles must not nest. */
  async hold<T>(cycle: () => Promise<T>): Promise<T> {
    this.#held = true;
    try {
      return await cycle();
    } finally {
      this.#held = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const change of waiting) change();
    }
  }

  setNode(node: SharedNode): void {
    this.#change(() => {
      const name = node.metadata.name ?? '';
      const info = this.#nodes.get(name) ?? new NodeInfo(name);
      const before = info.exists ? info.node : undefined;
      const zone = before && zoneOf(info);
      info.setNode(node);
      info.images = this.#images.replace(name, before, node);
      this.#nodes.set(name, info);
      if (zone === undefined || zone !== zoneOf(info)) this.#listed = undefined;
    });
  }

  removeNode(node: SharedNode): void {
    this.#change(() => {
      const name = node.metadata.name ?? '';
      const info = this.#nodes.get(name);
      if (!info) return;
      this.#images.replace(name, info.node, undefined);
      info.setNode(undefined);
      info.images = new Map();
      this.#listed = undefined;
      this.#drop(info);
    });
  }

  /** A pod that the API shows on its node: what was assumed of it is replaced. */
  setPod(info: PodInfo): void {
    this.#change(() => this.#place({ info, nodeName: info.nodeName, assumed: false }));
  }

  removePod({ uid }: PodInfo): void {
    this.#change(() => this.#remove(uid));
  }

  /** The pod counts as being on the node from now on, within the cycle that holds the cache, too. */
  assume(info: PodInfo, nodeName: string): void {
    this.#place({ info, nodeName, assumed: true });
  }

  /** Binding failed. A pod that the API shows on a node stays. */
  forget({ uid }: PodInfo): void {
    this.#change(() => {
      if (this.#pods.get(uid)?.assumed === true) this.#remove(uid);
    });
  }

  #change(change: () => void): void {
    if (this.#held) this.#waiting.push(change);
    else change();
  }

  #place(placed: Placed): void {
    this.#remove(placed.info.uid);
    const { nodeName, info } = placed;
    const node = this.#nodes.get(nodeName) ?? new NodeInfo(nodeName);
    this.#nodes.set(nodeName, node);
    node.addPod(info);
    this.#pods.set(info.uid, placed);
    this.#note(node);
  }

  #remove(uid: string): void {
    const placed = this.#pods.get(uid);
    if (!placed) return;
    this.#pods.delete(uid);
    const node = this.#nodes.get(placed.nodeName);
    if (!node) return;
    node.removePod(placed.info);
    this.#note(node);
    this.#drop(node);
  }

  #note(node: NodeInfo): void {
    if (node.repellingTerms.isEmpty) this.#repelling.delete(node);
    else this.#repelling.add(node);
    if (node.attractingTerms.isEmpty) this.#attracting.delete(node);
    else this.#attracting.add(node);
  }

  /** A node that is gone is remembered while pods are on it. */
  #drop(node: NodeInfo): void {
    if (!node.exists && node.pods.length === 0) this.#nodes.delete(node.name);
  }
}
