import { formatTime } from '../../../machinery/clock.ts';
import { FieldPath } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { roundResourceList } from '../../pod-template/resource-list.ts';
import { defaultAzureDisk, defaultRbd, defaultScaleIo } from '../../pod-template/volume-defaults.ts';
import { nodeSelectorTermWarnings } from '../../pod-template/warnings.ts';
import { formatAccessModes, storageClassOf, type PersistentVolume } from './persistent-volume.ts';
import { validate, validateUpdate } from './validation.ts';

const DEPRECATED_SOURCES = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;
export const DEPRECATED_ANNOTATIONS = [
  ['volume.beta.kubernetes.io/storage-class', 'deprecated since v1.8; use "storageClassName" attribute instead'],
  ['volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead'],
] as const;
const ANNOTATIONS = FieldPath.root('metadata').child('annotations');
const SPEC = FieldPath.root('spec');

export const rules: KindRules = {
  defaults,
  prepareForCreate(object, context) {
    (object as PersistentVolume).status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(context.nowMs) };
  },
  validate,
  warningsOnCreate: warnings,
  validateUpdate,
  warningsOnUpdate: warnings,
  status: {
    prepareForUpdate(object, oldObject, context) {
      const status = ((object as PersistentVolume).status ??= {});
      const old = (oldObject as PersistentVolume).status;
      const hasOwnTime = status.lastPhaseTransitionTime !== undefined && status.lastPhaseTransitionTime !== old?.lastPhaseTransitionTime;
      if (status.phase !== old?.phase && !hasOwnTime) status.lastPhaseTransitionTime = formatTime(context.nowMs);
      else if (status.lastPhaseTransitionTime === undefined && old?.lastPhaseTransitionTime !== undefined) status.lastPhaseTransitionTime = old.lastPhaseTransitionTime;
    },
    validateUpdate: () => [],
  },
  cells,
};

function defaults(object: KubeObject): void {
  const volume = object as PersistentVolume;
  const spec = (volume.spec ??= {});
  (volume.status ??= {}).phase ||= 'Pending';
  spec.persistentVolumeReclaimPolicy ||= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  roundResourceList(spec.capacity);
  if (spec.hostPath !== undefined) spec.hostPath.type ??= '';
  if (spec.azureDisk !== undefined) defaultAzureDisk(spec.azureDisk);
  if (spec.rbd !== undefined) defaultRbd(spec.rbd);
  if (spec.scaleIO !== undefined) defaultScaleIo(spec.scaleIO);
  if (spec.iscsi !== undefined) spec.iscsi.iscsiInterface ||= 'default';
}

function warnings(object: KubeObject): string[] {
  const { metadata, spec = {} } = object as PersistentVolume;
  const texts: string[] = [];
  for (const [key, text] of DEPRECATED_ANNOTATIONS) if (metadata.annotations?.[key] !== undefined) texts.push(`${ANNOTATIONS.key(key).text}: ${text}`);
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') {
    texts.push(`${SPEC.child('persistentVolumeReclaimPolicy').text}: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.`);
  }
  (spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).forEach((term, i) => {
    texts.push(...nodeSelectorTermWarnings(term, SPEC.child('nodeAffinity', 'required', 'nodeSelectorTerms').index(i), false));
  });
  for (const [field, text] of DEPRECATED_SOURCES) if (spec[field] !== undefined) texts.push(`${SPEC.child(field).text}: ${text}`);
  return texts;
}

function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const { metadata, spec = {}, status } = object as PersistentVolume;
  const claim = spec.claimRef;
  return [
    metadata.name ?? '',
    spec.capacity?.['storage'] ?? '0',
    formatAccessModes(spec.accessModes),
    spec.persistentVolumeReclaimPolicy ?? '',
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`,
    storageClassOf(object, spec.storageClassName),
    spec.volumeAttributesClassName ?? '<unset>',
    status?.reason ?? '',
    ageOf(object, nowMs),
    spec.volumeMode ?? '<unset>',
  ];
}
