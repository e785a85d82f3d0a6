import { FieldPath, fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { cloneJson, equalJson } from '../../../machinery/json.ts';
import { validateLabelName } from '../../../machinery/label-validation.ts';
import { isLabelValue } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkOneOf } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import { checkCidr } from '../../pod-template/ip-address.ts';
import type { Taint } from '../../pod-template/shapes.ts';
import { checkAmount, sortedAmounts } from '../../pod-template/validate-resources.ts';
import { TAINT_EFFECTS } from '../../pod-template/validate-tolerations.ts';
import type { Node } from './node.ts';

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
/** Taints were annotations once, and findings still say so. */
const TAINTS = FieldPath.root('metadata').child('taints');

export function validate(object: KubeObject): FieldError[] {
  const node = object as Node;
  const findings: FieldError[] = [];
  checkTaints(findings, node.spec?.taints);
  checkResources(findings, node);
  const ranges = node.spec?.podCIDRs ?? [];
  const path = SPEC.child('podCIDRs');
  const families = ranges.map((range, i) => checkCidr(findings, path.index(i), range)?.address.family);
  if (ranges.length > 1 && (ranges.length > 2 || families[0] === families[1])) {
    findings.push(fieldInvalid(path, ranges, 'may specify no more than one CIDR for each IP family'));
  }
  return findings;
}

/** Kubernetes judges the node in itself first, then the change, which looks at taints again. */
export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return [...validate(object), ...validateNodeChange(object, old)];
}

/** What may change of a node: labels, taints, whether pods are scheduled to it, and what is set once. */
export function validateNodeChange(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const node = object as Node;
  const old = oldObject as Node;
  const findings: FieldError[] = [];
  checkResources(findings, node);
  checkAddresses(findings, node);
  const oldRanges = old.spec?.podCIDRs ?? [];
  const ranges = node.spec?.podCIDRs ?? [];
  const frozen = 'node updates may not change podCIDR except from "" to valid';
  if (oldRanges.length > 0) {
    if (oldRanges.length !== ranges.length) findings.push(fieldForbidden(SPEC.child('podCIDRs'), frozen));
    else oldRanges.forEach((range, i) => range !== ranges[i] && findings.push(fieldForbidden(SPEC.child('podCIDRs'), frozen)));
  }
  if (old.spec?.providerID && old.spec.providerID !== node.spec?.providerID) {
    findings.push(fieldForbidden(SPEC.child('providerID'), 'node updates may not change providerID except from "" to valid'));
  }
  if (node.spec?.configSource !== undefined && !equalJson(node.spec.configSource, old.spec?.configSource)) {
    findings.push(fieldForbidden(SPEC.child('configSource'), 'update to configSource is not allowed'));
  }
  checkTaints(findings, node.spec?.taints);
  if (!equalJson(fixedSpec(node), fixedSpec(old))) {
    findings.push(fieldForbidden('[]', 'node updates may only change labels, taints, or capacity (or configSource, if the DynamicKubeletConfig feature gate is enabled)'));
  }
  return findings;
}

/** The spec without what may change or is judged on its own. */
function fixedSpec(node: Node): unknown {
  const { unschedulable: _u, taints: _t, podCIDR: _c, podCIDRs: _cs, providerID: _p, configSource: _s, ...rest } = cloneJson(node.spec ?? {});
  return rest;
}

function checkTaints(findings: FieldError[], taints: readonly Taint[] | undefined): void {
  const seen = new Set<string>();
  (taints ?? []).forEach((taint, i) => {
    const path = TAINTS.index(i);
    findings.push(...validateLabelName(taint.key ?? '', path.child('key')));
    const texts = isLabelValue(taint.value ?? '');
    if (texts.length > 0) findings.push(fieldInvalid(path.child('value'), taint.value, texts.join(';')));
    if (!taint.effect) findings.push(fieldRequired(path.child('effect')));
    else checkOneOf(findings, path.child('effect'), taint.effect, TAINT_EFFECTS);
    const key = `${taint.effect ?? ''}/${taint.key ?? ''}`;
    if (seen.has(key)) {
      const duplicate = fieldDuplicate(path, internalForm(taint, 'Taint'));
      findings.push({ ...duplicate, message: `${duplicate.message}: taints must be unique by key and effect pair` });
    }
    seen.add(key);
  });
}

function checkResources(findings: FieldError[], node: Node): void {
  for (const list of ['capacity', 'allocatable'] as const) {
    for (const [name, amount] of sortedAmounts(node.status?.[list])) checkAmount(findings, name, amount, STATUS.child(list, name));
  }
}

function checkAddresses(findings: FieldError[], node: Node): void {
  const seen = new Set<string>();
  (node.status?.addresses ?? []).forEach((address, i) => {
    const shown = { Type: address.type ?? '', Address: address.address ?? '' };
    const key = JSON.stringify(shown);
    if (seen.has(key)) findings.push(fieldDuplicate(STATUS.child('addresses').index(i), shown));
    seen.add(key);
  });
}
