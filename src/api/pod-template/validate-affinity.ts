import { fieldForbidden, fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { validateLabelName } from '../../machinery/label-validation.ts';
import { validateLabelSelector, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../machinery/names.ts';
import { reportTexts, type Findings } from './findings.ts';
import type { Affinity, LabelSelector, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm } from './shapes.ts';

const WEIGHT_RANGE = 'must be in the range 1-100';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function checkAffinity(findings: Findings, affinity: Affinity | undefined, path: FieldPath): void {
  const node = affinity?.nodeAffinity;
  if (node !== undefined) {
    const nodePath = path.child('nodeAffinity');
    if (node[REQUIRED] !== undefined) checkNodeSelector(findings, node[REQUIRED], nodePath.child(REQUIRED));
    (node[PREFERRED] ?? []).forEach((term, i) => {
      const termPath = nodePath.child(PREFERRED).index(i);
      checkWeight(findings, term.weight, termPath.child('weight'));
      checkNodeSelectorTerm(findings, term.preference ?? {}, termPath.child('preference'));
    });
  }
  checkPodAffinity(findings, affinity?.podAffinity, path.child('podAffinity'));
  checkPodAffinity(findings, affinity?.podAntiAffinity, path.child('podAntiAffinity'));
}

export function checkNodeSelector(findings: Findings, selector: NodeSelector, path: FieldPath): void {
  const terms = selector.nodeSelectorTerms ?? [];
  const termsPath = path.child('nodeSelectorTerms');
  if (terms.length === 0) findings.push(fieldRequired(termsPath, 'must have at least one node selector term'));
  terms.forEach((term, i) => checkNodeSelectorTerm(findings, term, termsPath.index(i)));
}

export function checkNodeSelectorTerm(findings: Findings, term: NodeSelectorTerm, path: FieldPath): void {
  (term.matchExpressions ?? []).forEach((requirement, i) => checkRequirement(findings, requirement, path.child('matchExpressions').index(i)));
  (term.matchFields ?? []).forEach((requirement, i) => checkFieldRequirement(findings, requirement, path.child('matchFields').index(i)));
}

function checkRequirement(findings: Findings, requirement: NodeSelectorRequirement, path: FieldPath): void {
  const values = requirement.values ?? [];
  const operator: string = requirement.operator ?? '';
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) findings.push(fieldRequired(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) findings.push(fieldForbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) findings.push(fieldRequired(path.child('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      findings.push(fieldInvalid(path.child('operator'), operator, 'not a valid selector operator'));
  }
  findings.push(...validateLabelName(requirement.key ?? '', path.child('key')));
}

/** Only a node's name can be asked for. */
function checkFieldRequirement(findings: Findings, requirement: NodeSelectorRequirement, path: FieldPath): void {
  const values = requirement.values ?? [];
  if (requirement.operator === 'In' || requirement.operator === 'NotIn') {
    if (values.length !== 1) findings.push(fieldRequired(path.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  } else {
    findings.push(fieldInvalid(path.child('operator'), requirement.operator ?? '', 'not a valid selector operator'));
  }
  if (requirement.key !== 'metadata.name') {
    findings.push(fieldInvalid(path.child('key'), requirement.key ?? '', 'not a valid field selector key'));
    return;
  }
  values.forEach((value, i) => reportTexts(findings, path.child('values').index(i), value, isDns1123Subdomain(value)));
}

function checkPodAffinity(findings: Findings, affinity: Affinity['podAffinity'], path: FieldPath): void {
  (affinity?.[REQUIRED] ?? []).forEach((term, i) => checkPodAffinityTerm(findings, term, path.child(REQUIRED).index(i)));
  (affinity?.[PREFERRED] ?? []).forEach((weighted, i) => {
    const termPath = path.child(PREFERRED).index(i);
    checkWeight(findings, weighted.weight, termPath.child('weight'));
    checkPodAffinityTerm(findings, weighted.podAffinityTerm ?? {}, termPath.child('podAffinityTerm'));
  });
}

function checkWeight(findings: Findings, weight: number | undefined, path: FieldPath): void {
  const value = weight ?? 0;
  if (value <= 0 || value > 100) findings.push(fieldInvalid(path, value, WEIGHT_RANGE));
}

function checkPodAffinityTerm(findings: Findings, term: PodAffinityTerm, path: FieldPath): void {
  findings.push(...selectorFindings(term.labelSelector, path.child('labelSelector')));
  findings.push(...selectorFindings(term.namespaceSelector, path.child('namespaceSelector')));
  for (const namespace of term.namespaces ?? []) reportTexts(findings, path.child('namespace'), namespace, isDns1123Label(namespace));
  checkLabelKeys(findings, term.matchLabelKeys, term.labelSelector, path.child('matchLabelKeys'));
  checkLabelKeys(findings, term.mismatchLabelKeys, term.labelSelector, path.child('mismatchLabelKeys'));
  const matched = new Set(term.matchLabelKeys);
  (term.mismatchLabelKeys ?? []).forEach((key, i) => {
    if (matched.has(key)) findings.push(fieldInvalid(path.child('matchLabelKeys').index(i), key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
  if (!term.topologyKey) findings.push(fieldRequired(path.child('topologyKey'), 'can not be empty'));
  findings.push(...validateLabelName(term.topologyKey ?? '', path.child('topologyKey')));
}

/** Keys whose values are taken from the pod's own labels. */
export function checkLabelKeys(findings: Findings, keys: readonly string[] | undefined, selector: unknown, path: FieldPath): void {
  if (keys === undefined || keys.length === 0) return;
  if (selector === undefined) {
    findings.push(fieldForbidden(path, 'must not be specified when labelSelector is not set'));
    return;
  }
  keys.forEach((key, i) => findings.push(...validateLabelName(key, path.index(i))));
}

export function selectorFindings(selector: LabelSelector | undefined, path: FieldPath): Findings {
  return validateLabelSelector(selector as LabelSelectorObject | undefined, path);
}
