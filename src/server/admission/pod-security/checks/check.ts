import type { Container, EphemeralContainer, PodSpec } from '../../../../api/pod-template/shapes.ts';
import type { ObjectMeta } from '../../../../machinery/object-meta.ts';
import { eachContainer } from '../../admitted-pod.ts';

/** The parts of a pod, or of a workload's template, that the standards speak about. */
export interface CheckedPod {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
}

/** `reason` names the control, `detail` who breaks it and how. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** One control of the Pod Security Standards, as it is from one minor version of Kubernetes on. */
export interface PodCheck {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** N of the first v1.N that it holds in; a later entry of the same id takes its place. */
  readonly since: number;
  /** Baseline checks that a restricted one makes superfluous. */
  readonly overrides?: readonly string[];
  check(pod: CheckedPod): Violation | undefined;
}

export type AnyContainer = Container | EphemeralContainer;

/** The names of the containers for which `isBad` holds, in the order that Kubernetes visits containers. */
export function containersWhere({ spec }: CheckedPod, isBad: (container: AnyContainer) => boolean): string[] {
  const names: string[] = [];
  for (const { container } of eachContainer(spec)) if (isBad(container)) names.push(container.name ?? '');
  return names;
}

/** `container "a"`, `containers "a", "b"` */
export function namedContainers(names: readonly string[]): string {
  return `${plural('container', names.length)} ${quoted(names)}`;
}

/** The pod itself and its containers, as those who set something: `pod and container "a"`. */
export function setters(podIsOne: boolean, containers: readonly string[]): string[] {
  return [...(podIsOne ? ['pod'] : []), ...(containers.length > 0 ? [namedContainers(containers)] : [])];
}

export function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

/** A verb whose subject is a list: one uses, several use. */
export function uses(count: number): string {
  return count === 1 ? 'uses' : 'use';
}

export function quoted(texts: readonly string[]): string {
  return texts.length === 0 ? '' : `"${texts.join('", "')}"`;
}

export function isWindows({ spec }: CheckedPod): boolean {
  return spec.os?.name === 'windows';
}

/** Root inside a user namespace is nobody outside. */
export function hasUserNamespace({ spec }: CheckedPod): boolean {
  return spec.hostUsers === false;
}
