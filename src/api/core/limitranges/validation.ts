import { FieldPath, fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { getOwn } from '../../../machinery/json.ts';
import { isQualifiedName } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { compareQuantity, isQuantity, parseQuantity, quantityMilliValue, quantityValue } from '../../../machinery/quantity.ts';
import { reportTexts } from '../../pod-template/findings.ts';
import { isOvercommitAllowed } from '../../pod-template/resource-names.ts';
import type { Loose, ResourceList } from '../../pod-template/shapes.ts';
import { checkContainerResourceName, checkResourceName, sortedAmounts } from '../../pod-template/validate-resources.ts';
import type * as v1 from '../../types/generated/core-v1.ts';

type Item = Loose<v1.LimitRangeItem>;

export interface LimitRange extends KubeObject {
  spec?: { limits?: Item[] };
}

const LIMITS = FieldPath.root('spec').child('limits');
const STANDARD_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
const NOT_FOR_PODS = "may not be specified when `type` is 'Pod'";

export function validate(object: KubeObject): FieldError[] {
  const findings: FieldError[] = [];
  const types = new Set<string>();
  ((object as LimitRange).spec?.limits ?? []).forEach((item, i) => {
    const path = LIMITS.index(i);
    const type = item.type ?? '';
    const texts = isQualifiedName(type);
    reportTexts(findings, path.child('type'), type, texts);
    if (texts.length === 0 && !type.includes('/') && !STANDARD_TYPES.includes(type)) {
      findings.push(fieldInvalid(path.child('type'), type, 'must be a standard limit type or fully qualified'));
    }
    if (types.has(type)) findings.push(fieldDuplicate(path.child('type'), type));
    types.add(type);
    checkItem(findings, item, path);
  });
  return findings;
}

function checkItem(findings: FieldError[], item: Item, path: FieldPath): void {
  checkNames(findings, item, 'max', path);
  checkNames(findings, item, 'min', path);
  if (item.type === 'Pod') {
    if (Object.keys(item.default ?? {}).length > 0) findings.push(fieldForbidden(path.child('default'), NOT_FOR_PODS));
    if (Object.keys(item.defaultRequest ?? {}).length > 0) findings.push(fieldForbidden(path.child('defaultRequest'), NOT_FOR_PODS));
  } else {
    checkNames(findings, item, 'default', path);
    checkNames(findings, item, 'defaultRequest', path);
  }
  if (item.type === 'PersistentVolumeClaim' && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined) {
    findings.push(fieldRequired(path.child('limits'), 'either minimum or maximum storage value is required, but neither was provided'));
  }
  checkNames(findings, item, 'maxLimitRequestRatio', path);
  const lists = [item.max, item.min, ...(item.type === 'Pod' ? [] : [item.default, item.defaultRequest]), item.maxLimitRequestRatio];
  for (const name of [...new Set(lists.flatMap((list) => Object.keys(list ?? {})))].sort()) checkResource(findings, item, name, path);
}

function checkNames(findings: FieldError[], item: Item, list: 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio', path: FieldPath): void {
  for (const [name] of sortedAmounts(item[list])) {
    const namePath = path.child(list).key(name);
    if (item.type === 'Pod' || item.type === 'Container') checkContainerResourceName(findings, name, namePath);
    else checkResourceName(findings, name, namePath);
  }
}

/** The bounds of one resource must leave room: min ≤ default request ≤ default ≤ max. */
function checkResource(findings: FieldError[], item: Item, name: string, path: FieldPath): void {
  const at = (list: ResourceList | undefined): string | undefined => {
    const amount = getOwn(list ?? {}, name);
    return amount !== undefined && isQuantity(amount) ? amount : undefined;
  };
  const isPod = item.type === 'Pod';
  const [min, max, limit, request, ratio] = [at(item.min), at(item.max), isPod ? undefined : at(item.default), isPod ? undefined : at(item.defaultRequest), at(item.maxLimitRequestRatio)];
  const check = (low: string | undefined, high: string | undefined, report: { field: string; shown: string | undefined; text: (low: string, high: string) => string }): void => {
    if (low === undefined || high === undefined || compareQuantity(parseQuantity(low), parseQuantity(high)) <= 0) return;
    findings.push(fieldInvalid(path.child(report.field).key(name), report.shown, report.text(low, high)));
  };
  check(min, max, { field: 'min', shown: min, text: (a, b) => `min value ${a} is greater than max value ${b}` });
  check(min, request, { field: 'defaultRequest', shown: request, text: (a, b) => `min value ${a} is greater than default request value ${b}` });
  check(request, max, { field: 'defaultRequest', shown: request, text: (a, b) => `default request value ${a} is greater than max value ${b}` });
  check(request, limit, { field: 'defaultRequest', shown: request, text: (a, b) => `default request value ${a} is greater than default limit value ${b}` });
  check(min, limit, { field: 'default', shown: min, text: (a, b) => `min value ${a} is greater than default value ${b}` });
  check(limit, max, { field: 'default', shown: max, text: (a, b) => `default value ${a} is greater than max value ${b}` });
  if (ratio !== undefined) checkRatio(findings, { ratio, min, max }, path.child('maxLimitRequestRatio').key(name));
  if (!isOvercommitAllowed(name) && limit !== undefined && request !== undefined && compareQuantity(parseQuantity(limit), parseQuantity(request)) !== 0) {
    findings.push(fieldInvalid(path.child('defaultRequest').key(name), request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`));
  }
}

function checkRatio(findings: FieldError[], { ratio, min, max }: { ratio: string; min: string | undefined; max: string | undefined }, path: FieldPath): void {
  if (compareQuantity(parseQuantity(ratio), parseQuantity('1')) < 0) findings.push(fieldInvalid(path, ratio, `ratio ${ratio} is less than 1`));
  if (min === undefined || max === undefined) return;
  const milli = quantityMilliValue(parseQuantity(min));
  if (milli === 0) return;
  const bound = quantityMilliValue(parseQuantity(max)) / milli;
  if (quantityValue(parseQuantity(ratio)) > bound) findings.push(fieldInvalid(path, ratio, `ratio ${ratio} is greater than max/min = ${bound.toFixed(6)}`));
}
