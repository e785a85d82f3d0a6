import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { validateLabelName } from '../../machinery/label-validation.ts';
import { isDns1123Subdomain, isLabelValue } from '../../machinery/names.ts';
import { reportTexts, type Findings } from '../pod-template/findings.ts';
import { checkList } from './check-list.ts';
import { checkLabelName, checkQualifiedAttributeName } from './names.ts';
import type { SelectorChecker } from './selector-checker.ts';
import type { ClaimSpec, DeviceClaim, DeviceConstraint, DeviceDemand, DeviceRequest, DeviceToleration } from './shapes.ts';
import { checkOpaque, checkSelectors } from './validate-configuration.ts';

const MAX_REQUESTS = 32;
const MAX_CONSTRAINTS = 32;
const MAX_CONFIGURATIONS = 32;
const MAX_ALTERNATIVES = 8;
const MAX_TOLERATIONS = 16;
const ALLOCATION_MODES = ['All', 'ExactCount'];
export const TAINT_EFFECTS = ['NoExecute', 'NoSchedule', 'None'];
const ONE_KIND = 'exactly one of `exactly` or `firstAvailable` is required';
/** Kubernetes says so even where none is set. */
const ONE_ATTRIBUTE = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
const UNKNOWN_REQUEST = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

export function checkClaimSpec(findings: Findings, spec: ClaimSpec, path: FieldPath, checker: SelectorChecker): void {
  const claim = spec.devices ?? {};
  const at = path.child('devices');
  const names = requestNamesOf(claim);
  checkList(findings, claim.requests, at.child('requests'), {
    max: MAX_REQUESTS,
    key: (request) => request.name ?? '',
    check: (request, requestPath) => checkRequest(findings, request, requestPath, checker),
  });
  checkList(findings, claim.constraints, at.child('constraints'), {
    max: MAX_CONSTRAINTS,
    check: (constraint, constraintPath) => checkConstraint(findings, constraint, constraintPath, names),
  });
  checkList(findings, claim.config, at.child('config'), {
    max: MAX_CONFIGURATIONS,
    check(config, configPath) {
      checkRequestNames(findings, config.requests, configPath.child('requests'), names);
      checkOpaque(findings, config.opaque, configPath.child('opaque'));
    },
  });
}

/** What can be referred to: `request`, and `request/alternative`. */
export function requestNamesOf(claim: DeviceClaim): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name = '', firstAvailable = [] } of claim.requests ?? []) {
    names.add(name);
    for (const alternative of firstAvailable) names.add(`${name}/${alternative.name ?? ''}`);
  }
  return names;
}

export function checkRequestNames(findings: Findings, requests: readonly string[] | undefined, path: FieldPath, names: ReadonlySet<string>): void {
  checkList(findings, requests, path, { max: MAX_REQUESTS, key: (name) => name, check: (name, at) => checkRequestName(findings, name, at, names) });
}

export function checkRequestName(findings: Findings, name: string, path: FieldPath, names: ReadonlySet<string>): void {
  const segments = name.split('/');
  const before = findings.length;
  if (segments.length <= 2) for (const segment of segments) checkLabelName(findings, segment, path);
  if (findings.length === before && !names.has(name)) findings.push(fieldInvalid(path, name, UNKNOWN_REQUEST));
}

function checkRequest(findings: Findings, request: DeviceRequest, path: FieldPath, checker: SelectorChecker): void {
  const { name = '', exactly, firstAvailable = [] } = request;
  checkLabelName(findings, name, path.child('name'));
  if (exactly === undefined && firstAvailable.length === 0) findings.push(fieldRequired(path, ONE_KIND));
  else if (exactly !== undefined && firstAvailable.length > 0) findings.push(fieldInvalid(path, null, `${ONE_KIND}, but multiple fields are set`));
  else if (exactly !== undefined) checkDemand(findings, exactly, path.child('exactly'), checker);
  else {
    checkList(findings, firstAvailable, path.child('firstAvailable'), {
      max: MAX_ALTERNATIVES,
      key: (alternative) => alternative.name ?? '',
      check(alternative, at) {
        checkLabelName(findings, alternative.name ?? '', at.child('name'));
        checkDemand(findings, alternative, at, checker);
      },
    });
  }
}

function checkDemand(findings: Findings, demand: DeviceDemand, path: FieldPath, checker: SelectorChecker): void {
  const { deviceClassName = '', allocationMode = '', count = 0 } = demand;
  if (deviceClassName === '') findings.push(fieldRequired(path.child('deviceClassName')));
  else reportTexts(findings, path.child('deviceClassName'), deviceClassName, isDns1123Subdomain(deviceClassName));
  checkSelectors(findings, demand.selectors, path.child('selectors'), checker);
  if (!ALLOCATION_MODES.includes(allocationMode)) findings.push(fieldNotSupported(path.child('allocationMode'), allocationMode, ALLOCATION_MODES));
  else if (allocationMode === 'All' && count !== 0) findings.push(fieldInvalid(path.child('count'), count, "must not be specified when allocationMode is 'All'"));
  else if (allocationMode === 'ExactCount' && count <= 0) findings.push(fieldInvalid(path.child('count'), count, 'must be greater than zero'));
  checkList(findings, demand.tolerations, path.child('tolerations'), {
    max: MAX_TOLERATIONS,
    check: (toleration, at) => checkToleration(findings, toleration, at),
  });
}

function checkToleration(findings: Findings, toleration: DeviceToleration, path: FieldPath): void {
  const { key = '', value = '' } = toleration;
  const operator: string = toleration.operator ?? '';
  const effect: string = toleration.effect ?? '';
  if (key !== '') findings.push(...validateLabelName(key, path.child('key')));
  if (operator === 'Exists') {
    if (value !== '') findings.push(fieldInvalid(path.child('value'), value, 'must be empty for operator `Exists`'));
  } else if (operator === 'Equal') reportTexts(findings, path.child('value'), value, isLabelValue(value));
  else if (operator === '') findings.push(fieldRequired(path.child('operator')));
  else findings.push(fieldNotSupported(path.child('operator'), operator, ['Equal', 'Exists']));
  if (effect !== '' && !TAINT_EFFECTS.includes(effect)) findings.push(fieldNotSupported(path.child('effect'), effect, TAINT_EFFECTS));
}

function checkConstraint(findings: Findings, constraint: DeviceConstraint, path: FieldPath, names: ReadonlySet<string>): void {
  const { matchAttribute, distinctAttribute } = constraint;
  checkRequestNames(findings, constraint.requests, path.child('requests'), names);
  if (matchAttribute !== undefined && distinctAttribute !== undefined) findings.push(fieldInvalid(path, null, ONE_ATTRIBUTE));
  else if (matchAttribute !== undefined) checkQualifiedAttributeName(findings, matchAttribute, path.child('matchAttribute'));
  else if (distinctAttribute !== undefined) checkQualifiedAttributeName(findings, distinctAttribute, path.child('distinctAttribute'));
  else findings.push(fieldRequired(path, ONE_ATTRIBUTE));
}
