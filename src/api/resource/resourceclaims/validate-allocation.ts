import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldPath } from '../../../machinery/field-error.ts';
import { isQualifiedName } from '../../../machinery/names.ts';
import { reportTexts, type Findings } from '../../pod-template/findings.ts';
import { checkNodeSelector } from '../../pod-template/validate-affinity.ts';
import { checkList } from '../check-list.ts';
import { checkDeviceDriver, checkPoolName, checkRequiredLabelName } from '../names.ts';
import type { AllocatedDevice, AllocationResult } from '../shapes.ts';
import { checkRequestName, checkRequestNames } from '../validate-claim-spec.ts';
import { checkOpaque } from '../validate-configuration.ts';

const MAX_RESULTS = 32;
/** Of the claim and of the classes of its devices. */
const MAX_CONFIGURATIONS = 64;
const MAX_BINDING_CONDITIONS = 4;
const SOURCES = ['FromClaim', 'FromClass'];

/** `names` are those of the claim's requests. */
export function checkAllocation(findings: Findings, allocation: AllocationResult, path: FieldPath, names: ReadonlySet<string>): void {
  const devices = path.child('devices');
  checkList(findings, allocation.devices?.results, devices.child('results'), {
    max: MAX_RESULTS,
    check: (result, at) => checkResult(findings, result, at, names),
  });
  checkList(findings, allocation.devices?.config, devices.child('config'), {
    max: MAX_CONFIGURATIONS,
    check(config, at) {
      const source: string = config.source ?? '';
      if (source === '') findings.push(fieldRequired(at.child('source')));
      else if (!SOURCES.includes(source)) findings.push(fieldNotSupported(at.child('source'), source, SOURCES));
      checkRequestNames(findings, config.requests, at.child('requests'), names);
      checkOpaque(findings, config.opaque, at.child('opaque'));
    },
  });
  if (allocation.nodeSelector !== undefined) checkNodeSelector(findings, allocation.nodeSelector, path.child('nodeSelector'));
}

function checkResult(findings: Findings, result: AllocatedDevice, path: FieldPath, names: ReadonlySet<string>): void {
  checkRequestName(findings, result.request ?? '', path.child('request'), names);
  checkDeviceDriver(findings, result.driver ?? '', path.child('driver'));
  checkPoolName(findings, result.pool ?? '', path.child('pool'));
  checkRequiredLabelName(findings, result.device ?? '', path.child('device'));
  checkBindingConditions(findings, result, path);
}

/** What must become true before a pod is bound, and what then must not: both or none. */
export function checkBindingConditions(
  findings: Findings,
  device: { readonly bindingConditions?: string[] | undefined; readonly bindingFailureConditions?: string[] | undefined },
  path: FieldPath,
): void {
  const { bindingConditions = [], bindingFailureConditions = [] } = device;
  const check = (condition: string, at: FieldPath): void => reportTexts(findings, at, condition, isQualifiedName(condition));
  const rules = { max: MAX_BINDING_CONDITIONS, key: (condition: string) => condition, check };
  checkList(findings, bindingConditions, path.child('bindingConditions'), rules);
  checkList(findings, bindingFailureConditions, path.child('bindingFailureConditions'), rules);
  bindingFailureConditions.forEach((condition, i) => {
    if (!bindingConditions.includes(condition)) return;
    findings.push(fieldInvalid(path.child('bindingFailureConditions').index(i), condition, 'bindingFailureConditions must not overlap with bindingConditions'));
  });
  if (bindingConditions.length === 0 && bindingFailureConditions.length > 0) {
    findings.push(fieldInvalid(path.child('bindingConditions'), bindingConditions, 'bindingConditions are required to use bindingFailureConditions'));
  }
  if (bindingFailureConditions.length === 0 && bindingConditions.length > 0) {
    findings.push(fieldInvalid(path.child('bindingFailureConditions'), bindingFailureConditions, 'bindingFailureConditions are required to use bindingConditions'));
  }
}
