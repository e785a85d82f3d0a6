import { FieldPath } from '../../../machinery/field-error.ts';
import { cloneJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { roundResourceList } from '../../pod-template/resource-list.ts';
import type { ClaimSpec } from '../../pod-template/validate-claim-spec.ts';
import { fractionalStorageWarnings } from '../../pod-template/warnings.ts';
import { CLASS_ANNOTATION, formatAccessModes, storageClassOf } from '../persistentvolumes/persistent-volume.ts';
import type { PersistentVolumeClaim } from './claim.ts';
import { validate, validateStatusUpdate, validateUpdate } from './validation.ts';

const SPEC = FieldPath.root('spec');
const ANNOTATIONS = FieldPath.root('metadata').child('annotations');

export const rules: KindRules = {
  defaults(object) {
    const claim = object as PersistentVolumeClaim;
    const spec = (claim.spec ??= {});
    const status = (claim.status ??= {});
    status.phase ||= 'Pending';
    spec.volumeMode ??= 'Filesystem';
    for (const list of [spec.resources?.requests, spec.resources?.limits, status.capacity, status.allocatedResources]) roundResourceList(list);
  },
  prepareForCreate(object) {
    const claim = object as PersistentVolumeClaim;
    const spec = (claim.spec ??= {});
    claim.status = { phase: 'Pending' };
    if (spec.dataSource !== undefined && !isOldStyleSource(spec.dataSource)) delete spec.dataSource;
    agreeDataSources(spec);
  },
  validate,
  warningsOnCreate: warnings,
  prepareForUpdate(object, oldObject) {
    const spec = ((object as PersistentVolumeClaim).spec ??= {});
    const old = (oldObject as PersistentVolumeClaim).spec;
    const hadSource = old?.dataSource !== undefined || old?.dataSourceRef !== undefined;
    if (!hadSource && spec.dataSource !== undefined && !isOldStyleSource(spec.dataSource)) delete spec.dataSource;
    // A writer that knows only the older field leaves the newer one as it was.
    if (spec.dataSourceRef === undefined && old?.dataSourceRef !== undefined) spec.dataSourceRef = cloneJson(old.dataSourceRef);
    agreeDataSources(spec);
  },
  validateUpdate,
  warningsOnUpdate: warnings,
  status: { validateUpdate: validateStatusUpdate },
  cells,
};

/** The older field took only these, and silently dropped all else. */
function isOldStyleSource(source: NonNullable<ClaimSpec['dataSource']>): boolean {
  const group = source.apiGroup ?? '';
  return (group === '' && source.kind === 'PersistentVolumeClaim') || (group === 'snapshot.storage.k8s.io' && source.kind === 'VolumeSnapshot');
}

/** The two fields say the same, unless the source is in another namespace. */
function agreeDataSources(spec: ClaimSpec): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSourceRef?.namespace) return;
  if (dataSource !== undefined && dataSourceRef === undefined) spec.dataSourceRef = cloneJson(dataSource);
  if (dataSource === undefined && dataSourceRef !== undefined) {
    const { namespace: _, ...source } = cloneJson(dataSourceRef);
    spec.dataSource = source;
  }
}

function warnings(object: KubeObject): string[] {
  const { metadata, spec } = object as PersistentVolumeClaim;
  const texts = fractionalStorageWarnings(spec?.resources, SPEC.child('resources'));
  if (metadata.annotations?.[CLASS_ANNOTATION] === undefined) return texts;
  return [`${ANNOTATIONS.key(CLASS_ANNOTATION).text}: deprecated since v1.8; use "storageClassName" attribute instead`, ...texts];
}

function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const { metadata, spec = {}, status = {} } = object as PersistentVolumeClaim;
  const isBound = Boolean(spec.volumeName);
  return [
    metadata.name ?? '',
    metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
    spec.volumeName ?? '',
    isBound ? (status.capacity?.['storage'] ?? '0') : '',
    isBound ? formatAccessModes(status.accessModes) : '',
    storageClassOf(object, spec.storageClassName),
    spec.volumeAttributesClassName ?? '<unset>',
    ageOf(object, nowMs),
    spec.volumeMode ?? '<unset>',
  ];
}
