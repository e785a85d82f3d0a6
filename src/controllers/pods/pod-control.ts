import type { Pod, PodTemplateSpec } from '../../api/types/generated/core-v1.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import type { ApiObject } from '../../client/resource-definition.ts';
import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import type { EventRecorder } from '../../runtime/event-recorder.ts';
import { controllerRefTo } from '../ownership/controller-ref.ts';
import { isNamespaceTerminating } from '../unless-terminating.ts';
import type { SharedPod } from './pod-state.ts';

/** A pod of the owner, by its template. */
export function podFromTemplate(owner: DeepReadonly<ApiObject>, template: DeepReadonly<PodTemplateSpec> | undefined): Pod {
  const { name = '', namespace = '' } = owner.metadata;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name}-`,
      namespace,
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
      ...(finalizers && { finalizers: [...finalizers] }),
      ownerReferences: [controllerRefTo(owner)],
    },
    ...(template?.spec && { spec: cloneJson(template.spec) as NonNullable<Pod['spec']> }),
  };
}

/** Creates and deletes pods of owners, and records events about it at the owner. */
export class PodControl {
  readonly #pods: ResourceClient<Pod>;
  readonly #events: EventRecorder;

  constructor(pods: ResourceClient<Pod>, events: EventRecorder) {
    this.#pods = pods;
    this.#events = events;
  }

  /** Does nothing in a namespace that is in deletion. */
  async create(owner: DeepReadonly<ApiObject>, pod: Pod): Promise<void> {
    try {
      const { metadata } = await this.#pods.create(pod);
      this.#events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${metadata.name ?? ''}`);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      this.#events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
      throw error;
    }
  }

  /** A pod that is gone already is no failure. */
  async delete(owner: DeepReadonly<ApiObject>, { metadata }: SharedPod): Promise<void> {
    const { name = '', namespace = '' } = metadata;
    try {
      await this.#pods.inNamespace(namespace).delete(name);
      this.#events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    } catch (error) {
      if (hasReason(error, 'NotFound')) return;
      this.#events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
      throw error;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
