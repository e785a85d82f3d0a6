import { FieldPath, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkNonnegative } from '../../pod-template/findings.ts';
import { selectorFindings } from '../../pod-template/validate-affinity.ts';
import { validatePodTemplate } from '../../pod-template/validate-pod-template.ts';
import { checkAtMostAll, checkIntOrPercent, intOrPercentValue } from '../int-or-percent.ts';
import { checkSelectorUnchanged, compileSelector, isEmptySelector, shownSelector } from '../selectors.ts';
import { checkCollisionCount, checkCounts } from '../status-counts.ts';
import { checkRunsForever, checkSelected } from '../workload-template.ts';
import type { DaemonSet } from '../workload.ts';

type Spec = NonNullable<DaemonSet['spec']>;
type UpdateStrategy = NonNullable<Spec['updateStrategy']>;

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
const COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
];

export function validate(object: KubeObject): FieldError[] {
  const spec = (object as DaemonSet).spec ?? {};
  const findings: FieldError[] = [];
  const template = spec.template ?? {};
  const templatePath = SPEC.child('template');
  if (spec.selector == null) findings.push(fieldRequired(SPEC.child('selector')));
  else findings.push(...selectorFindings(spec.selector, SPEC.child('selector')));
  const selector = compileSelector(spec.selector);
  if (selector !== undefined) checkSelected(findings, selector, template, templatePath);
  if (spec.selector != null && isEmptySelector(spec.selector)) {
    findings.push(fieldInvalid(SPEC.child('selector'), shownSelector(spec.selector), 'empty selector is invalid for daemonset'));
  }
  findings.push(...validatePodTemplate(template, templatePath));
  checkRunsForever(findings, template, templatePath, 'DaemonSet');
  checkNonnegative(findings, SPEC.child('minReadySeconds'), spec.minReadySeconds);
  checkUpdateStrategy(findings, spec.updateStrategy ?? {}, SPEC.child('updateStrategy'));
  checkNonnegative(findings, SPEC.child('revisionHistoryLimit'), spec.revisionHistoryLimit);
  return findings;
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const findings = validate(object);
  checkSelectorUnchanged(findings, (object as DaemonSet).spec?.selector, (old as DaemonSet).spec?.selector, SPEC.child('selector'));
  return findings;
}

export function validateStatusUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const status = (object as DaemonSet).status ?? {};
  const findings: FieldError[] = [];
  checkCounts(findings, status, COUNTS, STATUS);
  checkCollisionCount(findings, status, (old as DaemonSet).status ?? {}, STATUS);
  return findings;
}

function checkUpdateStrategy(findings: FieldError[], strategy: UpdateStrategy, path: FieldPath): void {
  const rolling = strategy.rollingUpdate;
  const type: string = strategy.type ?? '';
  switch (type) {
    case 'OnDelete':
      return;
    case 'RollingUpdate':
      if (rolling === undefined) findings.push(fieldRequired(path.child('rollingUpdate')));
      else checkRollingUpdate(findings, rolling, path.child('rollingUpdate'));
      return;
    default: {
      const shown = { Type: type, RollingUpdate: rolling === undefined ? null : { MaxUnavailable: rolling.maxUnavailable ?? 0, MaxSurge: rolling.maxSurge ?? 0 } };
      findings.push(fieldNotSupported(path, shown, ['RollingUpdate', 'OnDelete']));
    }
  }
}

/** Either a pod goes before the next one comes, or it comes before: exactly one of the two. */
function checkRollingUpdate(findings: FieldError[], { maxUnavailable = 0, maxSurge = 0 }: NonNullable<UpdateStrategy['rollingUpdate']>, path: FieldPath): void {
  checkIntOrPercent(findings, path.child('maxUnavailable'), maxUnavailable);
  checkIntOrPercent(findings, path.child('maxSurge'), maxSurge);
  checkAtMostAll(findings, path.child('maxUnavailable'), maxUnavailable);
  checkAtMostAll(findings, path.child('maxSurge'), maxSurge);
  const hasUnavailable = intOrPercentValue(maxUnavailable) !== 0;
  const hasSurge = intOrPercentValue(maxSurge) !== 0;
  if (hasUnavailable && hasSurge) findings.push(fieldInvalid(path.child('maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero'));
  else if (!hasUnavailable && !hasSurge) findings.push(fieldRequired(path.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0'));
}
