import { FieldPath, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { cloneJson, equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import type { Container, PodSpec, Toleration } from '../../pod-template/shapes.ts';
import { unifiedDiff } from '../../pod-template/unified-diff.ts';
import { checkAnnotationUpdates } from './annotation-updates.ts';
import { checkGatedPlacement, withOldPlacement } from './gated-placement.ts';
import type { Pod } from './pod.ts';
import { validatePod } from './validation.ts';

const SPEC = FieldPath.root('spec');
const MAX_INT32 = 2 ** 31 - 1;
const MAY_CHANGE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** A pod's spec is fixed but for a few fields; what else was changed is shown as a diff. */
export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const pod = object as Pod;
  const spec = pod.spec ?? {};
  const old = (oldObject as Pod).spec ?? {};
  const findings = validatePod(pod);
  checkAnnotationUpdates(findings, pod, oldObject as Pod);
  for (const list of ['containers', 'initContainers'] as const) {
    if ((spec[list] ?? []).length !== (old[list] ?? []).length) {
      findings.push(fieldForbidden(SPEC.child(list), 'pod updates may not add or remove containers'));
      return findings;
    }
    (spec[list] ?? []).forEach((container, i) => checkImage(findings, container, SPEC.child(list).index(i)));
  }
  if (!checkDeadline(findings, spec.activeDeadlineSeconds, old.activeDeadlineSeconds)) return findings;
  checkOnlyAddedTolerations(findings, spec, old);
  checkOnlyRemovedGates(findings, spec, old);
  if (equalJson(spec, old)) return findings;

  const isGated = (old.schedulingGates ?? []).length > 0;
  if (isGated) checkGatedPlacement(findings, spec, old);
  const rest = withOldValues(spec, old, isGated);
  const before = internalForm(old, 'PodSpec');
  const after = internalForm(rest, 'PodSpec');
  if (!equalJson(before, after)) {
    findings.push(fieldForbidden(SPEC, `pod updates may not change fields other than ${MAY_CHANGE}\n${unifiedDiff(before, after)}`));
  }
  return findings;
}

/** Kubernetes finds an image's faults again at an update, beside what it says of any pod. */
function checkImage(findings: FieldError[], container: Container, path: FieldPath): void {
  const image = container.image ?? '';
  if (image === '') findings.push(fieldRequired(path.child('image')));
  if (image.trim() !== image) findings.push(fieldInvalid(path.child('image'), image, 'must not have leading or trailing whitespace'));
}

/** A deadline may be set, and lowered. False: nothing more is to be said. */
function checkDeadline(findings: FieldError[], deadline: number | undefined, old: number | undefined): boolean {
  const path = SPEC.child('activeDeadlineSeconds');
  if (deadline === undefined) {
    if (old !== undefined) findings.push(fieldInvalid(path, null, 'must not update from a positive integer to nil value'));
    return true;
  }
  if (deadline < 0 || deadline > MAX_INT32) {
    findings.push(fieldInvalid(path, deadline, `must be between 0 and ${MAX_INT32}, inclusive`));
    return false;
  }
  if (old !== undefined && old < deadline) {
    findings.push(fieldInvalid(path, deadline, 'must be less than or equal to previous value'));
    return false;
  }
  return true;
}

/** Old ones stay, though their seconds may change. */
function checkOnlyAddedTolerations(findings: FieldError[], spec: PodSpec, old: PodSpec): void {
  const now = (spec.tolerations ?? []).map(withoutSeconds);
  for (const toleration of old.tolerations ?? []) {
    const wanted = withoutSeconds(toleration);
    if (!now.some((candidate) => equalJson(candidate, wanted))) {
      findings.push(fieldForbidden(SPEC.child('tolerations'), 'existing toleration can not be modified except its tolerationSeconds'));
      return;
    }
  }
}

function withoutSeconds(toleration: Toleration): Toleration {
  const { tolerationSeconds: _, ...rest } = toleration;
  return rest;
}

function checkOnlyRemovedGates(findings: FieldError[], spec: PodSpec, old: PodSpec): void {
  const known = new Set((old.schedulingGates ?? []).map((gate) => gate.name ?? ''));
  (spec.schedulingGates ?? []).forEach((gate, i) => {
    const name = gate.name ?? '';
    if (known.has(name)) return;
    findings.push(fieldForbidden(SPEC.child('schedulingGates').index(i).child('name'), `only deletion is allowed, but found new scheduling gate '${name}'`));
  });
}

/** The new spec with every field put back that was allowed to change: what still differs was not. */
function withOldValues(spec: PodSpec, old: PodSpec, isGated: boolean): PodSpec {
  const rest = cloneJson(spec);
  for (const list of ['containers', 'initContainers'] as const) {
    rest[list]?.forEach((container, i) => {
      container.image = old[list]?.[i]?.image;
    });
  }
  rest.activeDeadlineSeconds = old.activeDeadlineSeconds;
  rest.schedulingGates = old.schedulingGates;
  rest.tolerations = old.tolerations;
  const oldGracePeriod = old.terminationGracePeriodSeconds;
  if (oldGracePeriod !== undefined && oldGracePeriod < 0 && rest.terminationGracePeriodSeconds === 1) rest.terminationGracePeriodSeconds = oldGracePeriod;
  return isGated ? withOldPlacement(rest, old) : rest;
}
