import { fieldRequired, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import {
  checkAwsDisk,
  checkAzureDisk,
  checkAzureFile,
  checkCephFs,
  checkCinder,
  checkFc,
  checkFlexVolume,
  checkFlocker,
  checkGcePersistentDisk,
  checkGlusterfs,
  checkIscsi,
  checkNfs,
  checkPhoton,
  checkPortworx,
  checkQuobyte,
  checkRbd,
  checkScaleIo,
  checkStorageOs,
  checkVsphere,
} from '../../pod-template/validate-network-volumes.ts';
import { checkNoBacksteps } from '../../pod-template/validate-paths.ts';
import { checkCsiDriverName, checkHostPath } from '../../pod-template/validate-volume-sources.ts';
import type { PersistentVolumeSpec } from './persistent-volume.ts';

type SourceCheck = (findings: FieldError[], spec: PersistentVolumeSpec, path: FieldPath) => void;

/** In the order Kubernetes looks at them: the first source is judged, the others are too many. */
export const persistentSourceChecks: readonly (readonly [keyof PersistentVolumeSpec, SourceCheck])[] = [
  ['hostPath', (findings, { hostPath }, path) => checkHostPath(findings, hostPath ?? {}, path)],
  ['gcePersistentDisk', (findings, { gcePersistentDisk }, path) => checkGcePersistentDisk(findings, gcePersistentDisk ?? {}, path)],
  ['awsElasticBlockStore', (findings, { awsElasticBlockStore }, path) => checkAwsDisk(findings, awsElasticBlockStore ?? {}, path)],
  ['glusterfs', (findings, { glusterfs }, path) => checkGlusterfs(findings, glusterfs ?? {}, path)],
  ['flocker', (findings, { flocker }, path) => checkFlocker(findings, flocker ?? {}, path)],
  ['nfs', (findings, { nfs }, path) => checkNfs(findings, nfs ?? {}, path)],
  ['rbd', (findings, { rbd }, path) => checkRbd(findings, rbd ?? {}, path)],
  ['quobyte', (findings, { quobyte }, path) => checkQuobyte(findings, quobyte ?? {}, path)],
  ['cephfs', (findings, { cephfs }, path) => checkCephFs(findings, cephfs ?? {}, path)],
  ['iscsi', (findings, { iscsi }, path) => checkIscsi(findings, iscsi ?? {}, path)],
  ['cinder', (findings, { cinder }, path) => checkCinder(findings, cinder ?? {}, path)],
  ['fc', (findings, { fc }, path) => checkFc(findings, fc ?? {}, path)],
  ['flexVolume', (findings, { flexVolume }, path) => checkFlexVolume(findings, flexVolume ?? {}, path)],
  ['azureFile', (findings, { azureFile }, path) => checkAzureFile(findings, azureFile ?? {}, path)],
  ['vsphereVolume', (findings, { vsphereVolume }, path) => checkVsphere(findings, vsphereVolume ?? {}, path)],
  ['photonPersistentDisk', (findings, { photonPersistentDisk }, path) => checkPhoton(findings, photonPersistentDisk ?? {}, path)],
  ['portworxVolume', (findings, { portworxVolume }, path) => checkPortworx(findings, portworxVolume ?? {}, path)],
  ['azureDisk', (findings, { azureDisk }, path) => checkAzureDisk(findings, azureDisk ?? {}, path)],
  ['scaleIO', (findings, { scaleIO }, path) => checkScaleIo(findings, scaleIO ?? {}, path)],
  ['local', checkLocal],
  ['storageos', (findings, { storageos }, path) => checkStorageOs(findings, storageos ?? {}, path)],
  ['csi', checkCsi],
];

/** A local volume is on some nodes only: it must say on which. */
function checkLocal(findings: FieldError[], spec: PersistentVolumeSpec, path: FieldPath): void {
  const target = spec.local?.path ?? '';
  if (target === '') findings.push(fieldRequired(path.child('path')));
  else checkNoBacksteps(findings, path.child('path'), target);
  if (spec.nodeAffinity === undefined) {
    const affinity = path.text.replace(/local$/, 'nodeAffinity');
    findings.push({ type: 'FieldValueRequired', field: affinity, message: 'Required value: Local volume requires node affinity' });
  }
}

function checkCsi(findings: FieldError[], { csi }: PersistentVolumeSpec, path: FieldPath): void {
  checkCsiDriverName(findings, csi?.driver ?? '', path.child('driver'));
  if (!csi?.volumeHandle) findings.push(fieldRequired(path.child('volumeHandle')));
  for (const field of ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef', 'nodeStageSecretRef'] as const) {
    const ref = csi?.[field];
    if (ref === undefined) continue;
    if (!ref.name) findings.push(fieldRequired(path.child(field, 'name')));
    if (!ref.namespace) findings.push(fieldRequired(path.child(field, 'namespace')));
  }
}
