import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { validateLabels } from '../../machinery/label-validation.ts';
import { isDns1123Subdomain } from '../../machinery/names.ts';
import { validateAnnotations } from '../../machinery/object-meta-validation.ts';
import { isQuantity, parseQuantity, quantitySign } from '../../machinery/quantity.ts';
import { checkOneOf, reportTexts, type Findings } from './findings.ts';
import { internalForm } from './internal-form.ts';
import type { Volume } from './shapes.ts';
import { selectorFindings } from './validate-affinity.ts';

type ClaimTemplate = NonNullable<NonNullable<Volume['ephemeral']>['volumeClaimTemplate']>;
export type ClaimSpec = NonNullable<ClaimTemplate['spec']>;

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** The claim a volume makes for its pod: labels, annotations and a spec. */
export function checkClaimTemplate(findings: Findings, template: ClaimTemplate, path: FieldPath): void {
  const metadata = template.metadata as { labels?: Record<string, string>; annotations?: Record<string, string> } | undefined;
  findings.push(...validateAnnotations(metadata?.annotations, path.child('metadata', 'annotations')));
  findings.push(...validateLabels(metadata?.labels, path.child('metadata', 'labels')));
  checkClaimSpec(findings, template.spec ?? {}, path.child('spec'));
}

export function checkClaimSpec(findings: Findings, spec: ClaimSpec, path: FieldPath): void {
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) findings.push(fieldRequired(path.child('accessModes'), 'at least 1 access mode is required'));
  findings.push(...selectorFindings(spec.selector, path.child('selector')));
  checkAccessModes(findings, modes, path.child('accessModes'));
  const storage = spec.resources?.requests?.['storage'];
  if (storage === undefined) findings.push(fieldRequired(path.child('resources').key('storage')));
  else checkStorageAmount(findings, storage, path.child('resources').key('storage'));
  if (spec.storageClassName) reportTexts(findings, path.child('storageClassName'), spec.storageClassName, isDns1123Subdomain(spec.storageClassName));
  if (spec.volumeMode !== undefined) checkOneOf(findings, path.child('volumeMode'), spec.volumeMode, ['Block', 'Filesystem']);
  checkDataSources(findings, spec, path);
  const attributes = spec.volumeAttributesClassName;
  if (attributes) reportTexts(findings, path.child('volumeAttributesClassName'), attributes, isDns1123Subdomain(attributes));
}

export function checkAccessModes(findings: Findings, modes: readonly string[], path: FieldPath): void {
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) findings.push(fieldNotSupported(path, mode, ACCESS_MODES));
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode))) {
    findings.push(fieldForbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  }
}

function checkStorageAmount(findings: Findings, amount: string, path: FieldPath): void {
  if (isQuantity(amount) && quantitySign(parseQuantity(amount)) <= 0) findings.push(fieldInvalid(path, amount, 'must be greater than zero'));
}

/** Where the claim's first content comes from; the two fields must agree unless a namespace is named. */
function checkDataSources(findings: Findings, spec: ClaimSpec, path: FieldPath): void {
  for (const field of ['dataSource', 'dataSourceRef'] as const) {
    const source = spec[field];
    if (source === undefined) continue;
    const sourcePath = path.child(field);
    if (!source.name) findings.push(fieldRequired(sourcePath.child('name')));
    if (!source.kind) findings.push(fieldRequired(sourcePath.child('kind')));
    const group = source.apiGroup ?? '';
    if (group === '' && source.kind !== 'PersistentVolumeClaim') findings.push(fieldInvalid(sourcePath, source.kind ?? '', ''));
    if (group !== '') reportTexts(findings, sourcePath.child('apiGroup'), group, isDns1123Subdomain(group));
  }
  const { dataSource, dataSourceRef } = spec;
  const namespace = dataSourceRef?.namespace ?? '';
  if (namespace !== '') {
    if (dataSource !== undefined) {
      findings.push(fieldInvalid(path, {}, 'may not be specified when dataSourceRef.namespace is specified'));
    }
    return;
  }
  if (dataSource === undefined || dataSourceRef === undefined) return;
  const same = (['kind', 'name'] as const).every((field) => (dataSource[field] ?? '') === (dataSourceRef[field] ?? '')) && (dataSource.apiGroup ?? '') === (dataSourceRef.apiGroup ?? '');
  if (!same) findings.push(fieldInvalid(path, {}, 'must match dataSourceRef'));
}

/** The claim's spec as findings show it. */
export function shownClaimSpec(spec: unknown): unknown {
  return internalForm(spec, 'PersistentVolumeClaimSpec');
}
