import { formatTime } from '../../../machinery/clock.ts';
import { FieldPath, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { PodCondition } from '../../pod-template/shapes.ts';
import type { Pod } from './pod.ts';

interface Binding extends KubeObject {
  target?: { kind?: string; name?: string };
}

/** Findings about a Binding: it must name a node. */
export function validateBinding(object: KubeObject): FieldError[] {
  const target = (object as Binding).target ?? {};
  const path = FieldPath.root('target');
  const findings: FieldError[] = [];
  const kind = target.kind ?? '';
  if (kind !== '' && kind !== 'Node') findings.push(fieldNotSupported(path.child('kind'), kind, ['Node', '<empty>']));
  if (!target.name) findings.push(fieldRequired(path.child('name')));
  return findings;
}

/** Why a pod cannot be bound now: the detail of a Conflict on `pods/binding`; undefined when it can. */
export function bindingConflict(object: KubeObject): string | undefined {
  const { metadata, spec } = object as Pod;
  const name = metadata.name ?? '';
  if (metadata.deletionTimestamp !== undefined) return `pod ${name} is being deleted, cannot be assigned to a host`;
  if (spec?.nodeName) return `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`;
  if ((spec?.schedulingGates ?? []).length > 0) return `pod ${name} has non-empty .spec.schedulingGates`;
  return undefined;
}

/** Puts the pod on the node: the binding's annotations and labels come along, and PodScheduled becomes true. */
export function bindPod(object: KubeObject, binding: KubeObject, nowMs: number): void {
  const pod = object as Pod;
  const nodeName = (binding as Binding).target?.name ?? '';
  pod.spec = { ...pod.spec, nodeName };
  for (const field of ['annotations', 'labels'] as const) {
    const added = binding.metadata[field];
    if (added !== undefined && Object.keys(added).length > 0) pod.metadata[field] = { ...pod.metadata[field], ...added };
  }
  const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastProbeTime: undefined, lastTransitionTime: formatTime(nowMs) };
  setCondition(pod, scheduled);
  // Where it was expected matters no more.
  delete pod.status?.nominatedNodeName;
}

/** Replaces the condition of that type, or adds it; the time of the last transition is kept while the status stays. */
export function setCondition(pod: Pod, condition: PodCondition): void {
  const status = (pod.status ??= {});
  const conditions = [...(status.conditions ?? [])];
  const at = conditions.findIndex((candidate) => candidate.type === condition.type);
  // A zero time is shown as null, and never left out.
  const complete = { ...condition, lastProbeTime: condition.lastProbeTime ?? null } as unknown as PodCondition;
  const before = conditions[at];
  if (before === undefined) conditions.push(complete);
  else conditions[at] = before.status === condition.status ? { ...complete, lastTransitionTime: before.lastTransitionTime } : complete;
  status.conditions = conditions;
}
