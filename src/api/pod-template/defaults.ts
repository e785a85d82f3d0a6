import { defaultContainer, defaultEphemeralContainer, defaultHostPorts } from './container-defaults.ts';
import { roundResourceList } from './resource-list.ts';
import type { PodSpec, PodTemplateSpec } from './shapes.ts';
import { defaultVolume } from './volume-defaults.ts';

/** Long gone forms of init containers; they are dropped so that they never show up as changes. */
const DROPPED_ANNOTATIONS = [
  'pod.beta.kubernetes.io/init-containers',
  'pod.alpha.kubernetes.io/init-containers',
  'pod.beta.kubernetes.io/init-container-statuses',
  'pod.alpha.kubernetes.io/init-container-statuses',
];

/** Defaults of a pod template: what a PodSpec gets wherever it stands. Changes the template in place. */
export function defaultPodTemplate(template: PodTemplateSpec | undefined): void {
  if (template === undefined) return;
  dropInitContainerAnnotations(template.metadata?.annotations);
  if (template.spec !== undefined) defaultPodSpec(template.spec);
}

export function dropInitContainerAnnotations(annotations: Record<string, string> | undefined): void {
  if (annotations === undefined) return;
  for (const key of DROPPED_ANNOTATIONS) delete annotations[key];
}

/** Changes the spec in place. Pods themselves get more: see the defaults of pods. */
export function defaultPodSpec(spec: PodSpec): void {
  syncServiceAccount(spec);
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of spec.initContainers ?? []) defaultContainer(container);
  for (const container of spec.containers ?? []) defaultContainer(container);
  for (const container of spec.ephemeralContainers ?? []) defaultEphemeralContainer(container);
  roundResourceList(spec.overhead);
  roundResourceList(spec.resources?.limits);
  roundResourceList(spec.resources?.requests);
}

/** `serviceAccount` is the older name of `serviceAccountName`: the newer one wins, and both are always shown. */
export function syncServiceAccount(spec: PodSpec): void {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name) {
    delete spec.serviceAccountName;
    delete spec.serviceAccount;
    return;
  }
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}

/** On the host's network a container's port is the host's. */
export function defaultHostNetworkPorts(spec: PodSpec): void {
  if (spec.hostNetwork !== true) return;
  for (const container of spec.containers ?? []) defaultHostPorts(container);
  for (const container of spec.initContainers ?? []) defaultHostPorts(container);
}
