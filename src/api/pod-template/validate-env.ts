import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { isConfigMapKey, isDns1123Subdomain, isEnvVarName, isQualifiedName } from '../../machinery/names.ts';
import { reportTexts, type Findings } from './findings.ts';
import { checkLocalNonReservedPath } from './validate-paths.ts';
import { checkDivisor } from './validate-divisor.ts';
import type { EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector, ResourceFieldSelector } from './shapes.ts';

const ENV_FIELD_PATHS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** What a pod's fields can be asked for at all; `spec.host` is the old name of spec.nodeName. */
const KNOWN_FIELD_PATHS = new Set([
  ...ENV_FIELD_PATHS,
  'metadata.annotations',
  'metadata.labels',
  'spec.host',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
const CONTAINER_RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const HUGE_PAGE_PREFIXES = ['limits.hugepages-', 'requests.hugepages-'];

export function checkEnv(findings: Findings, variables: readonly EnvVar[] | undefined, path: FieldPath): void {
  (variables ?? []).forEach((variable, i) => {
    const name = variable.name ?? '';
    const namePath = path.index(i).child('name');
    if (name === '') findings.push(fieldRequired(namePath));
    else reportTexts(findings, namePath, name, isEnvVarName(name));
    if (variable.valueFrom !== undefined) checkValueFrom(findings, variable.valueFrom, variable.value ?? '', path.index(i).child('valueFrom'));
  });
}

function checkValueFrom(findings: Findings, source: EnvVarSource, value: string, path: FieldPath): void {
  let sources = 0;
  if (source.fieldRef !== undefined) {
    sources++;
    checkFieldRef(findings, source.fieldRef, ENV_FIELD_PATHS, path.child('fieldRef'));
  }
  if (source.resourceFieldRef !== undefined) {
    sources++;
    checkResourceFieldRef(findings, source.resourceFieldRef, path.child('resourceFieldRef'), false);
  }
  if (source.configMapKeyRef !== undefined) {
    sources++;
    checkKeyRef(findings, source.configMapKeyRef, path.child('configMapKeyRef'));
  }
  if (source.secretKeyRef !== undefined) {
    sources++;
    checkKeyRef(findings, source.secretKeyRef, path.child('secretKeyRef'));
  }
  if (source.fileKeyRef !== undefined) {
    sources++;
    const { volumeName, key, path: file } = source.fileKeyRef;
    const refPath = path.child('fileKeyRef');
    if (!volumeName) findings.push(fieldRequired(refPath.child('volumeName')));
    if (!key) findings.push(fieldRequired(refPath.child('key')));
    else reportTexts(findings, refPath.child('key'), key, isEnvVarName(key));
    if (!file) findings.push(fieldRequired(refPath.child('path')));
    else checkLocalNonReservedPath(findings, refPath.child('path'), file);
  }
  if (sources === 0) {
    findings.push(fieldInvalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  } else if (value !== '') {
    findings.push(fieldInvalid(path, '', 'may not be specified when `value` is not empty'));
  } else if (sources > 1) {
    findings.push(fieldInvalid(path, '', 'may not have more than one field specified at a time'));
  }
}

function checkKeyRef(findings: Findings, ref: { name?: string | undefined; key?: string | undefined }, path: FieldPath): void {
  if (!ref.name) findings.push(fieldRequired(path.child('name')));
  if (!ref.key) findings.push(fieldRequired(path.child('key')));
  else reportTexts(findings, path.child('key'), ref.key, isConfigMapKey(ref.key));
}

/** A field of the pod, by path; labels and annotations may be asked for one by one: `metadata.labels['app']`. */
export function checkFieldRef(findings: Findings, ref: ObjectFieldSelector, supported: readonly string[], path: FieldPath): void {
  if (!ref.apiVersion) {
    findings.push(fieldRequired(path.child('apiVersion')));
    return;
  }
  if (!ref.fieldPath) {
    findings.push(fieldRequired(path.child('fieldPath')));
    return;
  }
  const subscripted = /^(.+)\['(.*)'\]$/s.exec(ref.fieldPath);
  const base = subscripted?.[1] ?? ref.fieldPath;
  const problem = fieldLabelProblem(ref.apiVersion, base, subscripted !== null, ref.fieldPath);
  if (problem !== undefined) {
    findings.push(fieldInvalid(path.child('fieldPath'), ref.fieldPath, `error converting fieldPath: ${problem}`));
    return;
  }
  if (subscripted !== null) {
    const key = subscripted[2] ?? '';
    reportTexts(findings, path, base === 'metadata.annotations' ? key.toLowerCase() : key, isQualifiedName(base === 'metadata.annotations' ? key.toLowerCase() : key));
    return;
  }
  const known = base === 'spec.host' ? 'spec.nodeName' : base;
  if (!supported.includes(known)) findings.push(fieldNotSupported(path.child('fieldPath'), known, supported));
}

function fieldLabelProblem(version: string, base: string, subscripted: boolean, whole: string): string | undefined {
  if (version !== 'v1') return `unsupported pod version: ${version}`;
  if (subscripted) return base === 'metadata.annotations' || base === 'metadata.labels' ? undefined : `field label not supported: ${whole}`;
  return KNOWN_FIELD_PATHS.has(base) ? undefined : `field label not supported: ${base}`;
}

/** `inVolume`: files must say whose resources they show; variables mean their own container. */
export function checkResourceFieldRef(findings: Findings, ref: ResourceFieldSelector, path: FieldPath, inVolume: boolean): void {
  const resource = ref.resource ?? '';
  if (inVolume && !ref.containerName) findings.push(fieldRequired(path.child('containerName')));
  else if (resource === '') findings.push(fieldRequired(path.child('resource')));
  else if (!CONTAINER_RESOURCES.includes(resource) && !HUGE_PAGE_PREFIXES.some((prefix) => resource.startsWith(prefix))) {
    findings.push(fieldNotSupported(path.child('resource'), resource, CONTAINER_RESOURCES));
  }
  checkDivisor(findings, resource, ref.divisor, path);
}

export function checkEnvFrom(findings: Findings, sources: readonly EnvFromSource[] | undefined, path: FieldPath): void {
  (sources ?? []).forEach((source, i) => {
    const sourcePath = path.index(i);
    if (source.prefix) reportTexts(findings, sourcePath.child('prefix'), source.prefix, isEnvVarName(source.prefix));
    if (source.configMapRef !== undefined) checkSourceName(findings, source.configMapRef.name, sourcePath.child('configMapRef', 'name'));
    if (source.secretRef !== undefined) checkSourceName(findings, source.secretRef.name, sourcePath.child('secretRef', 'name'));
    const both = source.configMapRef !== undefined && source.secretRef !== undefined;
    if (source.configMapRef === undefined && source.secretRef === undefined) {
      findings.push(fieldInvalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (both) {
      findings.push(fieldInvalid(path, '', 'may not have more than one field specified at a time'));
    }
  });
}

function checkSourceName(findings: Findings, name: string | undefined, path: FieldPath): void {
  if (!name) findings.push(fieldRequired(path));
  else reportTexts(findings, path, name, isDns1123Subdomain(name));
}
