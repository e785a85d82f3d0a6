import type { SharedPod } from '../framework/objects.ts';
import type { PodInfo } from '../framework/pod-info.ts';

const NONE: readonly PodInfo[] = [];

/** Pods that are expected on a node for which room is being made. */
export class Nominator {
  readonly #byNode = new Map<string, PodInfo[]>();
  readonly #nodeOf = new Map<string, string>();

  get size(): number {
    return this.#nodeOf.size;
  }

  /** `nodeName` absent: as the pod's status says. */
  set(pod: PodInfo, nodeName = pod.pod.status?.nominatedNodeName ?? ''): void {
    this.delete(pod);
    if (nodeName === '') return;
    this.#nodeOf.set(pod.uid, nodeName);
    const pods = this.#byNode.get(nodeName);
    if (pods) pods.push(pod);
    else this.#byNode.set(nodeName, [pod]);
  }

  /** The pod as it is now; a nomination that its status does not show yet stays. */
  update(pod: PodInfo, old: SharedPod): void {
    const before = old.status?.nominatedNodeName ?? '';
    const now = pod.pod.status?.nominatedNodeName ?? '';
    this.set(pod, now !== '' || before !== '' ? now : (this.#nodeOf.get(pod.uid) ?? ''));
  }

  delete({ uid }: PodInfo): void {
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(uid);
    const rest = (this.#byNode.get(nodeName) ?? []).filter((pod) => pod.uid !== uid);
    if (rest.length > 0) this.#byNode.set(nodeName, rest);
    else this.#byNode.delete(nodeName);
  }

  nodeOf({ uid }: PodInfo): string | undefined {
    return this.#nodeOf.get(uid);
  }

  on(nodeName: string): readonly PodInfo[] {
    return this.#byNode.get(nodeName) ?? NONE;
  }
}
