import { fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { isDns1035Label, isDns1123Subdomain, isPathSegmentName, isPortNumber } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { reportTexts, type Findings } from '../../pod-template/findings.ts';
import type { ApiService } from './api-service.ts';

const SPEC = FieldPath.root('spec');
const CONDITIONS = FieldPath.root('status').child('conditions');
const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;
const STATUSES = ['True', 'False', 'Unknown'];

export function validate(object: KubeObject): FieldError[] {
  const { metadata, spec = {} } = object as ApiService;
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec;
  const findings: Findings = [];
  checkName(findings, metadata.name ?? '', `${version}.${group}`);
  if (group === '' && version !== 'v1') findings.push(fieldRequired(SPEC.child('group'), 'only v1 may have an empty group and it better be legacy kube'));
  if (group !== '') reportTexts(findings, SPEC.child('group'), group, isDns1123Subdomain(group));
  reportTexts(findings, SPEC.child('version'), version, isDns1035Label(version));
  checkPriority(findings, groupPriorityMinimum, MAX_GROUP_PRIORITY, SPEC.child('groupPriorityMinimum'));
  checkPriority(findings, versionPriority, MAX_VERSION_PRIORITY, SPEC.child('versionPriority'));
  if (spec.service == null) checkLocal(findings, spec);
  else checkRemote(findings, spec, spec.service);
  return findings;
}

export function validateStatusUpdate(object: KubeObject): FieldError[] {
  const status = (object as ApiService).status ?? {};
  return (status.conditions ?? []).flatMap((condition, i) =>
    STATUSES.includes(condition.status ?? '') ? [] : [fieldNotSupported(CONDITIONS.index(i).child('status'), condition.status ?? '', STATUSES)],
  );
}

/** That a name fits into a path is said of every object; here it also follows from the group and version. */
function checkName(findings: Findings, name: string, required: string): void {
  if (name === '' || name === required || isPathSegmentName(name).length > 0) return;
  findings.push(fieldInvalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(required)}`));
}

function checkPriority(findings: Findings, priority: number, max: number, path: FieldPath): void {
  if (priority <= 0 || priority > max) findings.push(fieldInvalid(path, priority, `must be positive and less than ${max}`));
}

/** Served by this server itself: there is no connection to secure. */
function checkLocal(findings: Findings, spec: NonNullable<ApiService['spec']>): void {
  const size = Buffer.byteLength(spec.caBundle ?? '', 'base64');
  if (size > 0) findings.push(fieldInvalid(SPEC.child('caBundle'), `${size} bytes`, 'local APIServices may not have a caBundle'));
  if (spec.insecureSkipTLSVerify === true) findings.push(fieldInvalid(SPEC.child('insecureSkipTLSVerify'), true, 'local APIServices may not have insecureSkipTLSVerify'));
}

function checkRemote(findings: Findings, spec: NonNullable<ApiService['spec']>, service: NonNullable<NonNullable<ApiService['spec']>['service']>): void {
  const path = SPEC.child('service');
  if (!service.namespace) findings.push(fieldRequired(path.child('namespace')));
  if (!service.name) findings.push(fieldRequired(path.child('name')));
  const texts = isPortNumber(service.port ?? 0);
  if (texts.length > 0) findings.push(fieldInvalid(path.child('port'), service.port ?? 0, `port is not valid: ${texts.join(',')}`));
  if (spec.insecureSkipTLSVerify === true && spec.caBundle) findings.push(fieldInvalid(SPEC.child('insecureSkipTLSVerify'), true, 'may not be true if caBundle is present'));
}
