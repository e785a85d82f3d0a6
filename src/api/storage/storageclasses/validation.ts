import { fieldDuplicate, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import { validateLabelName } from '../../../machinery/label-validation.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkOneOf, type Findings } from '../../pod-template/findings.ts';
import { checkImmutable } from '../immutable.ts';
import type { StorageClass, TopologySelectorTerm } from '../shapes.ts';
import { checkParameters, checkProvisioner } from '../validate-provisioner.ts';

const ROOT = FieldPath.root();
const RECLAIM_POLICIES = ['Delete', 'Retain'];
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];

export function validate(object: KubeObject): FieldError[] {
  const storageClass = object as StorageClass;
  const findings: Findings = [];
  checkProvisioner(findings, storageClass.provisioner ?? '', ROOT.child('provisioner'));
  checkParameters(findings, storageClass.parameters, ROOT.child('parameters'), { mayBeEmpty: true });
  const { reclaimPolicy, volumeBindingMode } = storageClass;
  if (reclaimPolicy) checkOneOf(findings, ROOT.child('reclaimPolicy'), reclaimPolicy, RECLAIM_POLICIES);
  if (volumeBindingMode === undefined) findings.push(fieldRequired(ROOT.child('volumeBindingMode')));
  else if (!BINDING_MODES.includes(volumeBindingMode)) findings.push(fieldNotSupported(ROOT.child('volumeBindingMode'), volumeBindingMode, BINDING_MODES));
  checkTopologies(findings, storageClass.allowedTopologies ?? [], ROOT.child('allowedTopologies'));
  return findings;
}

/** What volumes were made by does not change. */
export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const storageClass = object as StorageClass;
  const old = oldObject as StorageClass;
  const findings = validate(object);
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const) {
    checkImmutable(findings, field, storageClass[field], old[field]);
  }
  return findings;
}

/** Kubernetes gives what is wrong inside a term the path of the list. */
function checkTopologies(findings: Findings, terms: readonly TopologySelectorTerm[], path: FieldPath): void {
  const seen: unknown[] = [];
  terms.forEach((term, i) => {
    const selection = checkTopologyTerm(findings, term, path);
    if (seen.some((other) => equalJson(other, selection))) findings.push(fieldDuplicate(path.index(i).child('matchLabelExpressions'), ''));
    seen.push(selection);
  });
}

/** The term's values by key, sorted: two terms that select the same are equal. */
function checkTopologyTerm(findings: Findings, term: TopologySelectorTerm, path: FieldPath): unknown {
  const selection = new Map<string, string[]>();
  (term.matchLabelExpressions ?? []).forEach(({ key = '', values = [] }, i) => {
    const at = path.child('matchLabelExpressions').index(i);
    if (values.length === 0) findings.push(fieldRequired(at.child('values')));
    const set = new Set<string>();
    values.forEach((value, n) => {
      if (set.has(value)) findings.push(fieldDuplicate(at.child('values').index(n), value));
      set.add(value);
    });
    findings.push(...validateLabelName(key, at.child('key')));
    if (selection.has(key)) findings.push(fieldDuplicate(at.child('key'), key));
    selection.set(key, [...set].sort());
  });
  return [...selection].sort(([a], [b]) => (a < b ? -1 : 1));
}
