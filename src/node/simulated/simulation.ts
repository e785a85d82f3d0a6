import type { Client } from '../../client/client.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { Node, Pod } from '../../api/types/generated/core-v1.ts';
import { getOwn } from '../../machinery/json.ts';
import { FAILED, SIMULATED } from './annotations.ts';
import type { PodScript } from './container-script.ts';
import type { NodeEvents } from './node-events.ts';
import type { SharedNode } from './pod-admission.ts';

/** What the loops of the simulated nodes share. */
export interface Simulation {
  readonly client: Client;
  readonly clock: Clock;
  /** 0 ≤ n < 1 */
  readonly random: () => number;
  readonly nodes: Informer<Node>;
  /** Pods that are bound, by the index `node`. */
  readonly pods: Informer<Pod>;
  readonly events: NodeEvents;
  readonly kubeletVersion: string;
  readonly leaseDurationSeconds: number;
  readonly script?: PodScript;
  /** Told of failures that will be tried again, one line each. */
  readonly log: (line: string) => void;
}

export const NODE_INDEX = 'node';

export function isSimulated({ metadata }: SharedNode): boolean {
  return getOwn(metadata.annotations ?? {}, SIMULATED) === 'true';
}

/** This process plays its kubelet, and is not told to fall silent. */
export function isLive(node: SharedNode | undefined): node is SharedNode {
  return node !== undefined && isSimulated(node) && getOwn(node.metadata.annotations ?? {}, FAILED) !== 'true';
}
