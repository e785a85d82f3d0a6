import { FieldPath, fieldForbidden, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import { cloneJson, equalJson, getOwn } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { UpdateRules } from '../../kind-rules.ts';
import type { Container, PodSpec, ResourceList, ResourceRequirements } from '../../pod-template/shapes.ts';
import { keepOldExcept } from './narrow-update.ts';
import { MIRROR_ANNOTATION, type Pod } from './pod.ts';
import { computeQosClass } from './qos.ts';
import { validatePod } from './validation.ts';

const SPEC = FieldPath.root('spec');

/** The `resize` endpoint: what a running pod's containers ask for and are limited to. */
export const resize: UpdateRules = {
  prepareForUpdate(object, oldObject) {
    const wanted = (object as Pod).spec ?? {};
    keepOldExcept(object as Pod, oldObject as Pod, (spec) => {
      takeResources(spec, wanted);
    });
  },
  validateUpdate,
};

/** Containers are matched by name; when the lists differ in length nothing is taken. */
function takeResources(spec: PodSpec, wanted: PodSpec): void {
  for (const list of ['containers', 'initContainers'] as const) {
    const candidates = wanted[list] ?? [];
    if (candidates.length !== (spec[list] ?? []).length) continue;
    for (const container of spec[list] ?? []) {
      const match = candidates.find((candidate) => candidate.name === container.name);
      if (match === undefined) continue;
      container.resources = cloneJson(match.resources ?? {});
      if (match.resizePolicy === undefined) delete container.resizePolicy;
      else container.resizePolicy = cloneJson(match.resizePolicy);
    }
  }
  if (spec.resources !== undefined && wanted.resources !== undefined) spec.resources = cloneJson(wanted.resources);
}

function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const pod = object as Pod;
  const old = oldObject as Pod;
  const findings = validatePod(pod);
  if (Object.hasOwn(old.metadata.annotations ?? {}, MIRROR_ANNOTATION)) return [fieldForbidden('[]', 'static pods cannot be resized')];
  if (old.spec?.os?.name === 'windows') return [fieldForbidden('[]', 'windows pods cannot be resized')];
  if (computeQosClass(pod.spec ?? {}) !== (old.status?.qosClass ?? computeQosClass(old.spec ?? {}))) {
    findings.push(fieldInvalid(SPEC, old.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'));
  }
  for (const list of ['containers', 'initContainers'] as const) {
    (pod.spec?.[list] ?? []).forEach((container, i) => {
      checkRemovals(findings, container.resources, old.spec?.[list]?.[i]?.resources, SPEC.child(list).index(i).child('resources'));
    });
  }
  checkPodLevel(findings, pod.spec?.resources, old.spec?.resources);
  if (!onlyComputeChanged(pod.spec ?? {}, old.spec ?? {})) findings.push(fieldForbidden(SPEC, 'only cpu and memory resources are mutable'));
  return findings;
}

function checkPodLevel(findings: FieldError[], now: ResourceRequirements | undefined, before: ResourceRequirements | undefined): void {
  if (before !== undefined) checkRemovals(findings, now, before, SPEC.child('resources'));
}

/** What was once asked for or limited may change, but not vanish. */
function checkRemovals(findings: FieldError[], now: ResourceRequirements | undefined, before: ResourceRequirements | undefined, path: FieldPath): void {
  if (isRemoved(now?.requests, before?.requests)) findings.push(fieldForbidden(path.child('requests'), 'resource requests cannot be removed'));
  if (isRemoved(now?.limits, before?.limits)) findings.push(fieldForbidden(path.child('limits'), 'resource limits cannot be removed'));
}

function isRemoved(now: ResourceList | undefined, before: ResourceList | undefined): boolean {
  return Object.keys(before ?? {}).some((name) => getOwn(now ?? {}, name) === undefined);
}

function onlyComputeChanged(now: PodSpec, before: PodSpec): boolean {
  const strip = (container: Container): Container => ({
    ...container,
    resizePolicy: undefined,
    resources: { ...container.resources, requests: withoutCompute(container.resources?.requests), limits: withoutCompute(container.resources?.limits) },
  });
  return (['containers', 'initContainers'] as const).every((list) => equalJson((now[list] ?? []).map(strip), (before[list] ?? []).map(strip)));
}

function withoutCompute(list: ResourceList | undefined): ResourceList {
  return Object.fromEntries(Object.entries(list ?? {}).filter(([name]) => name !== 'cpu' && name !== 'memory'));
}
