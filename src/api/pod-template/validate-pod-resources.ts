import { fieldForbidden, fieldInvalid, fieldNotSupported, type FieldPath } from '../../machinery/field-error.ts';
import { compareQuantity, parseQuantity } from '../../machinery/quantity.ts';
import { getOwn } from '../../machinery/json.ts';
import { aggregateLimits, aggregateRequests } from './aggregate-resources.ts';
import type { Findings } from './findings.ts';
import { isHugePageResource } from './resource-names.ts';
import type { PodSpec } from './shapes.ts';
import { checkAmount, checkHugePageAmount, checkRequestAgainstLimit, sortedAmounts } from './validate-resources.ts';

const POD_LEVEL_RESOURCES = ['cpu', 'hugepages-', 'memory'];

/** Resources set for the pod as a whole. */
export function checkPodResources(findings: Findings, spec: PodSpec, path: FieldPath): void {
  const resources = spec.resources;
  if (resources === undefined) return;
  if (spec.os?.name === 'windows') findings.push(fieldForbidden(path, 'may not be set for a windows pod'));
  if ((resources.claims ?? []).length > 0) findings.push(fieldForbidden(path.child('claims'), 'claims may not be set for Resources at pod-level'));
  for (const kind of ['limits', 'requests'] as const) {
    for (const [name, amount] of sortedAmounts(resources[kind])) {
      const amountPath = path.child(kind).key(name);
      if (!isPodLevelResource(name)) findings.push(fieldNotSupported(amountPath, name, POD_LEVEL_RESOURCES));
      checkAmount(findings, name, amount, amountPath);
      if (isHugePageResource(name)) checkHugePageAmount(findings, name, amount, amountPath);
      if (kind === 'requests') checkRequestAgainstLimit(findings, { name, amount, limit: getOwn(resources.limits ?? {}, name) }, path);
    }
  }
  checkAgainstContainers(findings, spec, path);
}

export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || isHugePageResource(name);
}

/** The pod asks for at least what its containers ask for, and no container may take more than the pod. */
function checkAgainstContainers(findings: Findings, spec: PodSpec, path: FieldPath): void {
  const sum = aggregateRequests(spec);
  for (const [name, amount] of sortedAmounts(spec.resources?.requests)) {
    const asked = getOwn(sum, name);
    if (asked !== undefined && compareQuantity(parseQuantity(asked), parseQuantity(amount)) > 0) {
      findings.push(fieldInvalid(path.child('requests').key(name), amount, `must be greater than or equal to aggregate container requests of ${asked}`));
    }
  }
  const hugePages = aggregateLimits(spec);
  for (const [name, amount] of sortedAmounts(spec.resources?.limits)) {
    const taken = isHugePageResource(name) ? getOwn(hugePages, name) : undefined;
    if (taken !== undefined && compareQuantity(parseQuantity(taken), parseQuantity(amount)) > 0) {
      findings.push(fieldInvalid(path.child('limits').key(name), amount, `must be greater than or equal to aggregate container limits of ${taken}`));
    }
    for (const list of ['containers', 'initContainers'] as const) {
      (spec[list] ?? []).forEach((container, i) => {
        const own = getOwn(container.resources?.limits ?? {}, name);
        if (own === undefined || isHugePageResource(name) || compareQuantity(parseQuantity(own), parseQuantity(amount)) <= 0) return;
        const ownPath = path.text.replace(/resources$/, '');
        findings.push({
          type: 'FieldValueInvalid',
          field: `${ownPath}${list}[${i}].resources.limits`,
          message: `Invalid value: ${JSON.stringify(own)}: must be less than or equal to pod limits of ${amount}`,
        });
      });
    }
  }
}
