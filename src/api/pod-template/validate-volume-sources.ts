import { fieldForbidden, fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { isQuantity, parseQuantity, quantitySign } from '../../machinery/quantity.ts';
import { isDns1123Subdomain } from '../../machinery/names.ts';
import { checkOneOf, reportTexts, type Findings } from './findings.ts';
import type { Volume } from './shapes.ts';
import { checkClaimTemplate } from './validate-claim-spec.ts';
import { checkDownwardApiFiles, checkFileMode, checkKeyItems, checkProjected } from './validate-projected.ts';
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
} from './validate-network-volumes.ts';
import { checkLocalDescendingPath, checkNoBacksteps } from './validate-paths.ts';

export interface VolumeCheckContext {
  /** Of the source itself: `spec.volumes[0].secret`. */
  readonly path: FieldPath;
  /** '' where the pod has no name yet. */
  readonly podName: string;
}
type SourceField = Exclude<keyof Volume, 'name'>;
type SourceCheck = (findings: Findings, volume: Volume, context: VolumeCheckContext) => void;

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const CSI_DRIVER_MAX_LENGTH = 63;

/** In the order Kubernetes looks at them: the first source is judged, the others are too many. */
export const volumeSourceChecks: readonly (readonly [SourceField, SourceCheck])[] = [
  ['emptyDir', checkEmptyDir],
  ['hostPath', (findings, { hostPath }, { path }) => checkHostPath(findings, hostPath ?? {}, path)],
  ['gitRepo', checkGitRepo],
  ['gcePersistentDisk', (findings, { gcePersistentDisk }, { path }) => checkGcePersistentDisk(findings, gcePersistentDisk ?? {}, path)],
  ['awsElasticBlockStore', (findings, { awsElasticBlockStore }, { path }) => checkAwsDisk(findings, awsElasticBlockStore ?? {}, path)],
  ['secret', checkSecret],
  ['nfs', (findings, { nfs }, { path }) => checkNfs(findings, nfs ?? {}, path)],
  ['iscsi', (findings, { iscsi }, { path }) => checkIscsi(findings, iscsi ?? {}, path)],
  ['glusterfs', (findings, { glusterfs }, { path }) => checkGlusterfs(findings, glusterfs ?? {}, path)],
  ['flocker', (findings, { flocker }, { path }) => checkFlocker(findings, flocker ?? {}, path)],
  ['persistentVolumeClaim', checkClaimSource],
  ['rbd', (findings, { rbd }, { path }) => checkRbd(findings, rbd ?? {}, path)],
  ['cinder', (findings, { cinder }, { path }) => checkCinder(findings, cinder ?? {}, path)],
  ['cephfs', (findings, { cephfs }, { path }) => checkCephFs(findings, cephfs ?? {}, path)],
  ['quobyte', (findings, { quobyte }, { path }) => checkQuobyte(findings, quobyte ?? {}, path)],
  ['downwardAPI', checkDownwardApi],
  ['fc', (findings, { fc }, { path }) => checkFc(findings, fc ?? {}, path)],
  ['flexVolume', (findings, { flexVolume }, { path }) => checkFlexVolume(findings, flexVolume ?? {}, path)],
  ['configMap', checkConfigMap],
  ['azureFile', (findings, { azureFile }, { path }) => checkAzureFile(findings, azureFile ?? {}, path)],
  ['vsphereVolume', (findings, { vsphereVolume }, { path }) => checkVsphere(findings, vsphereVolume ?? {}, path)],
  ['photonPersistentDisk', (findings, { photonPersistentDisk }, { path }) => checkPhoton(findings, photonPersistentDisk ?? {}, path)],
  ['portworxVolume', (findings, { portworxVolume }, { path }) => checkPortworx(findings, portworxVolume ?? {}, path)],
  ['azureDisk', (findings, { azureDisk }, { path }) => checkAzureDisk(findings, azureDisk ?? {}, path)],
  ['storageos', (findings, { storageos }, { path }) => checkStorageOs(findings, storageos ?? {}, path)],
  ['projected', checkProjectedSource],
  ['scaleIO', (findings, { scaleIO }, { path }) => checkScaleIo(findings, scaleIO ?? {}, path)],
  ['csi', checkCsi],
  ['ephemeral', checkEphemeral],
  ['image', checkImage],
];

function checkEmptyDir(findings: Findings, { emptyDir }: Volume, { path }: VolumeCheckContext): void {
  const limit = emptyDir?.sizeLimit;
  if (limit !== undefined && isQuantity(limit) && quantitySign(parseQuantity(limit)) < 0) {
    findings.push(fieldForbidden(path.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
  }
}

export function checkHostPath(findings: Findings, source: NonNullable<Volume['hostPath']>, path: FieldPath): void {
  if (!source.path) {
    findings.push(fieldRequired(path.child('path')));
    return;
  }
  checkNoBacksteps(findings, path.child('path'), source.path);
  if (source.type !== undefined) checkOneOf(findings, path.child('type'), source.type, HOST_PATH_TYPES);
}

function checkGitRepo(findings: Findings, { gitRepo }: Volume, { path }: VolumeCheckContext): void {
  if (!gitRepo?.repository) findings.push(fieldRequired(path.child('repository')));
  checkLocalDescendingPath(findings, path.child('directory'), gitRepo?.directory ?? '');
}

function checkSecret(findings: Findings, { secret }: Volume, { path }: VolumeCheckContext): void {
  if (!secret?.secretName) findings.push(fieldRequired(path.child('secretName')));
  checkFileMode(findings, secret?.defaultMode, path.child('defaultMode'));
  checkKeyItems(findings, secret?.items, path.child('items'));
}

function checkConfigMap(findings: Findings, { configMap }: Volume, { path }: VolumeCheckContext): void {
  if (!configMap?.name) findings.push(fieldRequired(path.child('name')));
  checkFileMode(findings, configMap?.defaultMode, path.child('defaultMode'));
  checkKeyItems(findings, configMap?.items, path.child('items'));
}

function checkClaimSource(findings: Findings, { persistentVolumeClaim }: Volume, { path }: VolumeCheckContext): void {
  if (!persistentVolumeClaim?.claimName) findings.push(fieldRequired(path.child('claimName')));
}

function checkDownwardApi(findings: Findings, { downwardAPI }: Volume, { path }: VolumeCheckContext): void {
  checkFileMode(findings, downwardAPI?.defaultMode, path.child('defaultMode'));
  checkDownwardApiFiles(findings, downwardAPI?.items, path);
}

function checkProjectedSource(findings: Findings, { projected }: Volume, { path }: VolumeCheckContext): void {
  checkProjected(findings, projected ?? {}, path);
}

function checkCsi(findings: Findings, { csi }: Volume, { path }: VolumeCheckContext): void {
  checkCsiDriverName(findings, csi?.driver ?? '', path.child('driver'));
  if (csi?.nodePublishSecretRef !== undefined && !csi.nodePublishSecretRef.name) findings.push(fieldRequired(path.child('nodePublishSecretRef', 'name')));
}

export function checkCsiDriverName(findings: Findings, driver: string, path: FieldPath): void {
  if (driver === '') findings.push(fieldRequired(path));
  if (driver.length > CSI_DRIVER_MAX_LENGTH) findings.push({ type: 'FieldValueTooLong', field: path.text, message: `Too long: may not be more than ${CSI_DRIVER_MAX_LENGTH} bytes` });
  reportTexts(findings, path, driver, isDns1123Subdomain(driver.toLowerCase()));
}

function checkEphemeral(findings: Findings, { ephemeral, name }: Volume, { path, podName }: VolumeCheckContext): void {
  const template = ephemeral?.volumeClaimTemplate;
  if (template === undefined) {
    findings.push(fieldRequired(path.child('volumeClaimTemplate')));
    return;
  }
  checkClaimTemplate(findings, template, path.child('volumeClaimTemplate'));
  if (podName === '') return;
  const claimName = `${podName}-${name ?? ''}`;
  for (const text of isDns1123Subdomain(claimName)) findings.push(fieldInvalid(path, name ?? '', `PVC name ${JSON.stringify(claimName)}: ${text}`));
}

function checkImage(findings: Findings, { image }: Volume, { path }: VolumeCheckContext): void {
  const reference = image?.reference ?? '';
  if (reference === '') findings.push(fieldRequired(path.child('reference')));
  else if (reference.trim() !== reference) findings.push(fieldInvalid(path.child('reference'), reference, 'must not have leading or trailing whitespace'));
  checkOneOf(findings, path.child('pullPolicy'), image?.pullPolicy ?? '', ['Always', 'IfNotPresent', 'Never']);
}
