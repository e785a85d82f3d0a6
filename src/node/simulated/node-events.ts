import type { Client } from '../../client/client.ts';
import { EventRecorder, type EventType } from '../../runtime/event-recorder.ts';
import { referenceTo } from '../../runtime/event-reference.ts';
import { EventSender } from '../../runtime/event-sender.ts';
import type { ContainerRole, PodEvent, SharedPod } from './pod-run.ts';

const FIELDS: Readonly<Record<ContainerRole, string>> = { init: 'initContainers', sidecar: 'initContainers', main: 'containers', ephemeral: 'ephemeralContainers' };
/** A whole rollout's worth: a thousand pods with three events each. */
const MAX_WAITING = 10_000;

/**
 * Events in the name of each node's kubelet. Written one after the other for all nodes together, so that what pods come
 * to is told before what is said of it.
 */
export class NodeEvents {
  readonly #client: Client;
  readonly #random: () => number;
  readonly #sender: EventSender;
  readonly #recorders = new Map<string, EventRecorder>();

  constructor(options: { readonly client: Client; readonly random: () => number; readonly onError: (error: Error) => void }) {
    const { client, random, onError } = options;
    this.#client = client;
    this.#random = random;
    this.#sender = new EventSender({ clock: client.clock, random, onError, maxWaiting: MAX_WAITING });
  }

  ofNode(node: string, type: EventType, reason: string, message: string): void {
    // Kubelets know themselves by name only.
    this.#recorder(node).event({ kind: 'Node', name: node, uid: node }, type, reason, message);
  }

  ofPod(pod: SharedPod, { type, reason, message, container }: PodEvent): void {
    const reference = { ...referenceTo(pod), ...(container && { fieldPath: `spec.${FIELDS[container.role]}{${container.name}}` }) };
    this.#recorder(pod.spec?.nodeName ?? '').event(reference, type, reason, message);
  }

  /** The node is gone. */
  forget(node: string): void {
    this.#recorders.delete(node);
  }

  stop(): Promise<void> {
    return this.#sender.stop();
  }

  #recorder(node: string): EventRecorder {
    let recorder = this.#recorders.get(node);
    if (!recorder) {
      recorder = new EventRecorder({ client: this.#client, random: this.#random, component: 'kubelet', host: node, sender: this.#sender });
      this.#recorders.set(node, recorder);
    }
    return recorder;
  }
}
