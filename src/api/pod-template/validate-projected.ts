import { fieldForbidden, fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { isDomainPrefixedPath } from '../../machinery/names.ts';
import { checkOneOf, reportTexts, type Findings } from './findings.ts';
import type { KeyToPath, Volume, VolumeProjection } from './shapes.ts';
import { selectorFindings } from './validate-affinity.ts';
import { checkFieldRef, checkResourceFieldRef } from './validate-env.ts';
import { checkLocalNonReservedPath } from './validate-paths.ts';

const FILE_FIELD_PATHS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];
const FILE_MODE_TEXT = 'must be a number between 0 and 0777 (octal), both inclusive';
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;
const KEY_TYPES = ['ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519', 'RSA3072', 'RSA4096'];
const MIN_CERTIFICATE_SECONDS = 3600;
const MAX_CERTIFICATE_SECONDS = 91 * 86_400;

type DownwardApiFiles = NonNullable<Volume['downwardAPI']>['items'];

export function checkFileMode(findings: Findings, mode: number | undefined, path: FieldPath): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) findings.push(fieldInvalid(path, mode, FILE_MODE_TEXT));
}

/** Findings about items stand at the list's path, as Kubernetes puts them. */
export function checkKeyItems(findings: Findings, items: readonly KeyToPath[] | undefined, path: FieldPath): void {
  (items ?? []).forEach((item, i) => {
    const itemPath = path.index(i);
    if (!item.key) findings.push(fieldRequired(itemPath.child('key')));
    if (!item.path) findings.push(fieldRequired(itemPath.child('path')));
    checkLocalNonReservedPath(findings, itemPath.child('path'), item.path ?? '');
    checkFileMode(findings, item.mode, itemPath.child('mode'));
  });
}

export function checkDownwardApiFiles(findings: Findings, files: DownwardApiFiles, path: FieldPath): void {
  for (const file of files ?? []) {
    if (!file.path) findings.push(fieldRequired(path.child('path')));
    checkLocalNonReservedPath(findings, path.child('path'), file.path ?? '');
    if (file.fieldRef !== undefined) {
      checkFieldRef(findings, file.fieldRef, FILE_FIELD_PATHS, path.child('fieldRef'));
      if (file.resourceFieldRef !== undefined) findings.push(fieldInvalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    } else if (file.resourceFieldRef !== undefined) {
      checkResourceFieldRef(findings, file.resourceFieldRef, path.child('resourceFieldRef'), true);
    } else {
      findings.push(fieldRequired(path, 'one of fieldRef and resourceFieldRef is required'));
    }
    checkFileMode(findings, file.mode, path.child('mode'));
  }
}

export function checkProjected(findings: Findings, projected: NonNullable<Volume['projected']>, path: FieldPath): void {
  checkFileMode(findings, projected.defaultMode, path.child('defaultMode'));
  const taken = new Set<string>();
  (projected.sources ?? []).forEach((source, i) => checkProjection(findings, source, path.child('sources').index(i), { path, taken }));
}

/** Files that two sources write, found at the volume. */
interface Conflicts {
  readonly path: FieldPath;
  readonly taken: Set<string>;
}

function checkProjection(findings: Findings, source: VolumeProjection, path: FieldPath, conflicts: Conflicts): void {
  for (const field of ['secret', 'configMap'] as const) {
    const projection = source[field];
    if (projection === undefined) continue;
    if (!projection.name) findings.push(fieldRequired(path.child(field, 'name')));
    checkKeyItems(findings, projection.items, path.child(field, 'items'));
    for (const item of projection.items ?? []) checkConflict(findings, item.path, projection.name ?? '', conflicts);
  }
  if (source.downwardAPI !== undefined) {
    checkDownwardApiFiles(findings, source.downwardAPI.items, path.child('downwardAPI'));
    for (const file of source.downwardAPI.items ?? []) checkConflict(findings, file.path, file.path ?? '', conflicts);
  }
  if (source.serviceAccountToken !== undefined) checkToken(findings, source.serviceAccountToken, path.child('serviceAccountToken'));
  if (source.clusterTrustBundle !== undefined) checkTrustBundle(findings, source.clusterTrustBundle, path.child('clusterTrustBundle'), conflicts);
  if (source.podCertificate !== undefined) checkCertificate(findings, source.podCertificate, path.child('podCertificate'), conflicts);
  if (Object.values(source).filter((value) => value !== undefined).length > 1) findings.push(fieldForbidden(path, 'may not specify more than 1 volume type'));
}

/** Two sources that write the same file would hide each other. */
function checkConflict(findings: Findings, file: string | undefined, shown: string, { path, taken }: Conflicts): void {
  if (!file) return;
  if (taken.has(file)) findings.push(fieldInvalid(path, shown, 'conflicting duplicate paths'));
  else taken.add(file);
}

function checkToken(findings: Findings, token: NonNullable<VolumeProjection['serviceAccountToken']>, path: FieldPath): void {
  const seconds = token.expirationSeconds ?? 0;
  if (seconds < MIN_TOKEN_SECONDS) findings.push(fieldInvalid(path.child('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > MAX_TOKEN_SECONDS) findings.push(fieldInvalid(path.child('expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds'));
  if (!token.path) findings.push(fieldRequired(path.child('path')));
  else checkLocalNonReservedPath(findings, path.child('path'), token.path);
}

function checkTrustBundle(findings: Findings, bundle: NonNullable<VolumeProjection['clusterTrustBundle']>, path: FieldPath, conflicts: Conflicts): void {
  if (bundle.name !== undefined && bundle.signerName !== undefined) findings.push(fieldInvalid(path, bundle.name, 'only one of name and signerName may be used'));
  if (bundle.name !== undefined) {
    if (bundle.name === '') findings.push(fieldRequired(path.child('name'), 'must be a valid object name'));
    if (bundle.labelSelector !== undefined) findings.push(fieldInvalid(path.child('labelSelector'), bundle.labelSelector, 'labelSelector must be unset if name is specified'));
  } else if (bundle.signerName !== undefined) {
    if (bundle.signerName === '') findings.push(fieldRequired(path.child('signerName'), 'must be a valid signer name'));
    else reportTexts(findings, path.child('signerName'), bundle.signerName, isDomainPrefixedPath(bundle.signerName, path.child('signerName').text));
    findings.push(...selectorFindings(bundle.labelSelector, path.child('labelSelector')));
  } else {
    findings.push(fieldRequired(path, 'either name or signerName must be specified'));
  }
  if (!bundle.path) findings.push(fieldRequired(path.child('path')));
  else checkLocalNonReservedPath(findings, path.child('path'), bundle.path);
  checkConflict(findings, bundle.path, bundle.path ?? '', conflicts);
}

function checkCertificate(findings: Findings, certificate: NonNullable<VolumeProjection['podCertificate']>, path: FieldPath, conflicts: Conflicts): void {
  const signer = certificate.signerName ?? '';
  if (signer === '') findings.push(fieldRequired(path.child('signerName')));
  else reportTexts(findings, path.child('signerName'), signer, isDomainPrefixedPath(signer, path.child('signerName').text));
  checkOneOf(findings, path.child('keyType'), certificate.keyType ?? '', KEY_TYPES);
  const seconds = certificate.maxExpirationSeconds;
  if (seconds !== undefined && (seconds < MIN_CERTIFICATE_SECONDS || seconds > MAX_CERTIFICATE_SECONDS)) {
    const bound = seconds < MIN_CERTIFICATE_SECONDS ? 'greater than or equal to 3600 (1 hour)' : 'less than or equal to 7862400 (91 days)';
    findings.push(fieldInvalid(path.child('maxExpirationSeconds'), seconds, `if provided, maxExpirationSeconds must be ${bound}`));
  }
  const files = ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const;
  if (files.every((field) => !certificate[field])) {
    findings.push(fieldRequired(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'));
  }
  for (const field of files) {
    const file = certificate[field];
    if (!file) continue;
    checkLocalNonReservedPath(findings, path.child(field), file);
    checkConflict(findings, file, file, conflicts);
  }
}
