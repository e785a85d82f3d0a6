import { Amounts } from './amounts.ts';
import { UsedPorts } from './host-ports.ts';
import type { SharedNode } from './objects.ts';
import { TermGroups } from './term-groups.ts';
import type { PodInfo } from './pod-info.ts';

/** An image that a node has: what it saves to run there, and how common it is. */
export interface ImageState {
  readonly sizeBytes: number;
  /** How many nodes have it, at the moment. */
  readonly nodes: ReadonlySet<string>;
}

/** Keys for which a node remembers a count. */
const MAX_COUNTED = 64;

const NO_NODE: SharedNode = Object.freeze({ apiVersion: 'v1', kind: 'Node', metadata: {} });

/**
 * A node and what runs on it, with the sums that plugins ask for. It belongs to the cache, which changes it between
 * cycles; plugins only read it, or change a clone.
 */
export class NodeInfo {
  readonly name: string;
  #node: SharedNode = NO_NODE;
  #pods: PodInfo[] = [];
  #repellingTerms = new TermGroups();
  #attractingTerms = new TermGroups();
  /** Requested by the pods that run here; `requested.pods` is not kept: see `pods`. */
  #requested = new Amounts();
  #allocatable = new Amounts();
  #usedPorts = new UsedPorts();
  #claims = new Map<string, number>();
  readonly #counted = new Map<string, number>();
  nonZeroMilliCpu = 0;
  nonZeroMemory = 0;
  images: ReadonlyMap<string, ImageState> = new Map();

  constructor(name: string) {
    this.name = name;
  }

  get node(): SharedNode {
    return this.#node;
  }

  /** False for a node that is gone, or not known yet, though pods are on it. */
  get exists(): boolean {
    return this.#node !== NO_NODE;
  }

  get pods(): readonly PodInfo[] {
    return this.#pods;
  }

  /** Required anti-affinity of the pods here. */
  get repellingTerms(): TermGroups {
    return this.#repellingTerms;
  }

  /** All other terms of affinity and anti-affinity of the pods here. */
  get attractingTerms(): TermGroups {
    return this.#attractingTerms;
  }

  get requested(): Amounts {
    return this.#requested;
  }

  get allocatable(): Amounts {
    return this.#allocatable;
  }

  get usedPorts(): UsedPorts {
    return this.#usedPorts;
  }

  /** Whether a pod here uses the claim `namespace/name`. */
  usesClaim(claim: string): boolean {
    return this.#claims.has(claim);
  }

  /**
   * How many pods here are counted by `counts`, which must say the same of the same pod for the same key. Remembered
   * until the node's pods change, so that counting over all nodes costs what changed.
   */
  countPods(key: string, counts: (pod: PodInfo) => boolean): number {
    let count = this.#counted.get(key);
    if (count !== undefined) return count;
    count = 0;
    for (const pod of this.#pods) if (counts(pod)) count++;
    if (this.#counted.size >= MAX_COUNTED) this.#counted.clear();
    this.#counted.set(key, count);
    return count;
  }

  /** Its labels; none of a node that is not known. */
  get labels(): Readonly<Record<string, string>> {
    return this.#node.metadata.labels ?? {};
  }

  setNode(node: SharedNode | undefined): void {
    this.#node = node ?? NO_NODE;
    this.#allocatable = Amounts.of(node?.status?.allocatable);
  }

  addPod(pod: PodInfo): void {
    this.#pods.push(pod);
    this.#count(pod, 1);
  }

  /** False when no pod of this uid is here. */
  removePod({ uid }: PodInfo): boolean {
    const pod = take(this.#pods, uid);
    if (!pod) return false;
    this.#count(pod, -1);
    return true;
  }

  /** To try other pods on it. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name);
    copy.#node = this.#node;
    copy.#pods = [...this.#pods];
    copy.#repellingTerms = this.#repellingTerms.clone();
    copy.#attractingTerms = this.#attractingTerms.clone();
    copy.#requested = this.#requested.clone();
    copy.#allocatable = this.#allocatable;
    copy.#usedPorts = this.#usedPorts.clone();
    copy.#claims = new Map(this.#claims);
    copy.nonZeroMilliCpu = this.nonZeroMilliCpu;
    copy.nonZeroMemory = this.nonZeroMemory;
    copy.images = this.images;
    return copy;
  }

  #count({ requests, hostPorts, claims, affinity }: PodInfo, sign: 1 | -1): void {
    this.#repellingTerms.change('requiredAnti', affinity.requiredAnti, sign);
    this.#attractingTerms.change('required', affinity.required, sign);
    this.#attractingTerms.change('preferred', affinity.preferred, sign);
    this.#attractingTerms.change('preferredAnti', affinity.preferredAnti, sign);
    this.#counted.clear();
    this.#requested.add(requests.exact, sign);
    this.nonZeroMilliCpu += sign * requests.nonZeroMilliCpu;
    this.nonZeroMemory += sign * requests.nonZeroMemory;
    for (const port of hostPorts) {
      if (sign === 1) this.#usedPorts.add(port);
      else this.#usedPorts.remove(port);
    }
    for (const claim of claims) {
      const count = (this.#claims.get(claim) ?? 0) + sign;
      if (count > 0) this.#claims.set(claim, count);
      else this.#claims.delete(claim);
    }
  }
}

function take(pods: PodInfo[], uid: string): PodInfo | undefined {
  const index = pods.findIndex((pod) => pod.uid === uid);
  if (index < 0) return undefined;
  const found = pods[index];
  const last = pods.pop();
  if (last !== undefined && index < pods.length) pods[index] = last;
  return found;
}
