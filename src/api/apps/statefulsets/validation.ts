import { FieldPath, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { checkDnsLabel, checkNonnegative, checkOneOf } from '../../pod-template/findings.ts';
import type { PodTemplateSpec, Volume } from '../../pod-template/shapes.ts';
import { checkClaimSpec, type ClaimSpec } from '../../pod-template/validate-claim-spec.ts';
import { validatePodTemplate } from '../../pod-template/validate-pod-template.ts';
import { checkAtMostAll, checkIntOrPercent, intOrPercentValue } from '../int-or-percent.ts';
import { checkRequiredSelector, compileSelector, shownSelector } from '../selectors.ts';
import { checkRunsForever, checkSelected } from '../workload-template.ts';
import type { StatefulSet } from '../workload.ts';

type Spec = NonNullable<StatefulSet['spec']>;
type UpdateStrategy = NonNullable<Spec['updateStrategy']>;
type RollingUpdate = NonNullable<UpdateStrategy['rollingUpdate']>;

const SPEC = FieldPath.root('spec');
const MUTABLE_FIELDS = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'] as const;
const UPDATE_FORBIDDEN =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

export function validate(object: KubeObject): FieldError[] {
  const spec = (object as StatefulSet).spec ?? {};
  return specFindings(spec, { checksFixedParts: true, checksTemplate: true });
}

export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const spec = (object as StatefulSet).spec ?? {};
  const old = (oldObject as StatefulSet).spec ?? {};
  // Templates went unchecked in former versions: what was let through then may stay.
  const checksTemplate = templateFindings(old).length === 0;
  const findings = specFindings(spec, { checksFixedParts: false, checksTemplate });
  const unchanged: Spec = { ...spec };
  for (const field of MUTABLE_FIELDS) Object.assign(unchanged, { [field]: old[field] });
  if (!equalJson(unchanged, old)) findings.push(fieldForbidden(SPEC, UPDATE_FORBIDDEN));
  return findings;
}

/** The service's name and the claims never change: they are only looked at when they come. */
function specFindings(spec: Spec, { checksFixedParts, checksTemplate }: { checksFixedParts: boolean; checksTemplate: boolean }): FieldError[] {
  const findings: FieldError[] = [];
  checkPodManagement(findings, spec.podManagementPolicy);
  checkUpdateStrategy(findings, spec.updateStrategy ?? {}, SPEC.child('updateStrategy'));
  for (const when of ['whenDeleted', 'whenScaled'] as const) {
    const policy = spec.persistentVolumeClaimRetentionPolicy;
    if (policy !== undefined) checkOneOf(findings, SPEC.child('persistentVolumeClaimRetentionPolicy', when), policy[when] ?? '', ['Retain', 'Delete']);
  }
  checkNonnegative(findings, SPEC.child('replicas'), spec.replicas);
  checkNonnegative(findings, SPEC.child('minReadySeconds'), spec.minReadySeconds);
  checkNonnegative(findings, SPEC.child('ordinals', 'start'), spec.ordinals?.start);
  if (checksFixedParts) {
    if (spec.serviceName) checkDnsLabel(findings, SPEC.child('serviceName'), spec.serviceName);
    (spec.volumeClaimTemplates ?? []).forEach((claim, i) => {
      checkClaimSpec(findings, (claim.spec ?? {}) as ClaimSpec, SPEC.child('volumeClaimTemplates').index(i).child('spec'));
    });
  }
  checkRequiredSelector(findings, spec.selector, SPEC.child('selector'), 'statefulset');
  const selector = compileSelector(spec.selector);
  const template = spec.template ?? {};
  if (selector === undefined) findings.push(fieldInvalid(SPEC.child('selector'), shownSelector(spec.selector), ''));
  else {
    checkSelected(findings, selector, template, SPEC.child('template'));
    if (checksTemplate) findings.push(...templateFindings(spec));
  }
  checkRunsForever(findings, template, SPEC.child('template'), 'StatefulSet');
  return findings;
}

function templateFindings(spec: Spec): FieldError[] {
  return validatePodTemplate(withClaims(spec), SPEC.child('template'));
}

/** Each claim is a volume of the pods to come, and takes the place of a volume of the same name. */
function withClaims(spec: Spec): PodTemplateSpec {
  const template = spec.template ?? {};
  const claims = spec.volumeClaimTemplates ?? [];
  if (claims.length === 0) return template;
  const names = new Set(claims.map((claim) => claim.metadata?.name ?? ''));
  const kept = (template.spec?.volumes ?? []).filter((volume) => !names.has(volume.name ?? ''));
  const added: Volume[] = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...template.spec, volumes: [...kept, ...added] } };
}

function checkPodManagement(findings: FieldError[], policy: string | undefined): void {
  const path = SPEC.child('podManagementPolicy');
  if (!policy) findings.push(fieldRequired(path));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') findings.push(fieldInvalid(path, policy, "must be 'OrderedReady' or 'Parallel'"));
}

function checkUpdateStrategy(findings: FieldError[], strategy: UpdateStrategy, path: FieldPath): void {
  const rolling = strategy.rollingUpdate;
  const type: string = strategy.type ?? '';
  switch (type) {
    case '':
      findings.push(fieldRequired(path));
      return;
    case 'OnDelete':
      if (rolling !== undefined) findings.push(fieldInvalid(path.child('rollingUpdate'), shownRollingUpdate(rolling), "only allowed for updateStrategy 'RollingUpdate'"));
      return;
    case 'RollingUpdate':
      if (rolling !== undefined) checkRollingUpdate(findings, rolling, path.child('rollingUpdate'));
      return;
    default: {
      const shown = { Type: type, RollingUpdate: rolling === undefined ? null : shownRollingUpdate(rolling) };
      findings.push(fieldInvalid(path, shown, "must be 'RollingUpdate' or 'OnDelete'"));
    }
  }
}

function shownRollingUpdate(rolling: RollingUpdate): unknown {
  return { Partition: rolling.partition ?? 0, MaxUnavailable: rolling.maxUnavailable ?? null };
}

function checkRollingUpdate(findings: FieldError[], rolling: RollingUpdate, path: FieldPath): void {
  checkNonnegative(findings, path.child('partition'), rolling.partition);
  const { maxUnavailable } = rolling;
  if (maxUnavailable === undefined) return;
  const maxPath = path.child('maxUnavailable');
  checkIntOrPercent(findings, maxPath, maxUnavailable);
  if (intOrPercentValue(maxUnavailable) === 0) findings.push(fieldInvalid(maxPath, maxUnavailable, 'cannot be 0'));
  checkAtMostAll(findings, maxPath, maxUnavailable);
}

