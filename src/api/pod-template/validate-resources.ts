import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotFound, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { isQualifiedName } from '../../machinery/names.ts';
import { compareQuantity, quantityMilliValue, quantitySign, quantityValue } from '../../machinery/quantity.ts';
import { getOwn } from '../../machinery/json.ts';
import { checkDnsLabel, reportTexts, type Findings } from './findings.ts';
import {
  hugePageSize,
  isExtendedResource,
  isHugePageResource,
  isIntegerResource,
  isNativeResource,
  isOvercommitAllowed,
  isStandardContainerResource,
  isStandardResource,
} from './resource-names.ts';
import { readQuantity } from './resource-list.ts';
import type { ResourceList, ResourceRequirements } from './shapes.ts';

/** What a container asks for and is limited to. `claimNames` are the pod's resource claims. */
export function checkResourceRequirements(findings: Findings, resources: ResourceRequirements | undefined, claimNames: ReadonlySet<string>, path: FieldPath): void {
  const limits = resources?.limits ?? {};
  const requests = resources?.requests ?? {};
  for (const [name, amount] of sortedAmounts(limits)) checkContainerAmount(findings, name, amount, path.child('limits').key(name));
  for (const [name, amount] of sortedAmounts(requests)) {
    checkContainerAmount(findings, name, amount, path.child('requests').key(name));
    checkRequestAgainstLimit(findings, { name, amount, limit: getOwn(limits, name) }, path);
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePageResource) && !names.includes('cpu') && !names.includes('memory')) {
    findings.push(fieldForbidden(path, 'HugePages require cpu or memory'));
  }
  checkClaims(findings, resources?.claims, claimNames, path.child('claims'));
}

/** In the order of their names, so that the order of findings does not depend on the writer's. */
export function sortedAmounts(list: ResourceList | undefined): [string, string][] {
  return Object.entries(list ?? {})
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function checkContainerAmount(findings: Findings, name: string, amount: string, path: FieldPath): void {
  checkContainerResourceName(findings, name, path);
  checkAmount(findings, name, amount, path);
  if (isHugePageResource(name)) checkHugePageAmount(findings, name, amount, path);
}

export function checkRequestAgainstLimit(findings: Findings, { name, amount, limit }: { name: string; amount: string; limit: string | undefined }, path: FieldPath): void {
  if (limit === undefined) {
    if (!isOvercommitAllowed(name)) findings.push(fieldRequired(path.child('limits'), 'Limit must be set for non overcommitable resources'));
    return;
  }
  if (amount === limit) return;
  const [asked, most] = [readQuantity(amount), readQuantity(limit)];
  if (asked === undefined || most === undefined) return;
  const order = compareQuantity(asked, most);
  if (order !== 0 && !isOvercommitAllowed(name)) findings.push(fieldInvalid(path.child('requests'), amount, `must be equal to ${name} limit of ${limit}`));
  else if (order > 0) findings.push(fieldInvalid(path.child('requests'), amount, `must be less than or equal to ${name} limit of ${limit}`));
}

/** A name any object may count or measure by. */
export function checkResourceName(findings: Findings, name: string, path: FieldPath): boolean {
  const texts = isQualifiedName(name);
  reportTexts(findings, path, name, texts);
  if (texts.length > 0) return false;
  if (!name.includes('/') && !isStandardResource(name)) {
    findings.push(fieldInvalid(path, name, 'must be a standard resource type or fully qualified'));
    return false;
  }
  return true;
}

export function checkContainerResourceName(findings: Findings, name: string, path: FieldPath): void {
  checkResourceName(findings, name, path);
  if (!name.includes('/')) {
    if (!isStandardContainerResource(name)) findings.push(fieldInvalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    findings.push(fieldInvalid(path, name, "doesn't follow extended resource name standard"));
  }
}

/** Not negative, and whole where the resource is counted. */
export function checkAmount(findings: Findings, name: string, amount: string, path: FieldPath): void {
  const quantity = readQuantity(amount);
  if (quantity === undefined) return;
  if (quantitySign(quantity) < 0) findings.push(fieldInvalid(path, amount, 'must be greater than or equal to 0'));
  if (isIntegerResource(name) && quantityMilliValue(quantity) % 1000 !== 0) findings.push(fieldInvalid(path, amount, 'must be an integer'));
}

export function checkHugePageAmount(findings: Findings, name: string, amount: string, path: FieldPath): void {
  const size = readQuantity(hugePageSize(name));
  const quantity = readQuantity(amount);
  const pageSize = size === undefined ? 0 : quantityValue(size);
  const divisible = pageSize > 0 && quantity !== undefined && quantityValue(quantity) % pageSize === 0;
  if (!divisible) findings.push(fieldInvalid(path, amount, `${amount} is not positive integer multiple of ${name}`));
}

export function checkClaims(findings: Findings, claims: NonNullable<ResourceRequirements>['claims'], claimNames: ReadonlySet<string>, path: FieldPath): void {
  const seen = new Map<string, Set<string>>();
  (claims ?? []).forEach((claim, i) => {
    const name = claim.name ?? '';
    const request = claim.request ?? '';
    const claimPath = path.index(i);
    if (name === '') {
      findings.push(fieldRequired(claimPath));
      return;
    }
    const requests = seen.get(name) ?? new Set<string>();
    if (requests.has(request) || (requests.size > 0 && (request === '' || requests.has('')))) findings.push(fieldDuplicate(claimPath, name));
    seen.set(name, requests.add(request));
    if (request !== '') checkDnsLabel(findings, claimPath.child('request'), request);
    if (!claimNames.has(name)) {
      const known = claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`;
      const missing = fieldNotFound(claimPath, name);
      findings.push({ ...missing, message: `${missing.message}: must be one of the names in pod.spec.resourceClaims${known}` });
    }
  });
}
