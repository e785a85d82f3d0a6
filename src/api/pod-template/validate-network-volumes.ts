/**
 * Volume sources that name something outside the cluster. Most of them live on as CSI drivers; their rules stay. Pods and
 * persistent volumes share them, but for references to secrets, which the latter give with a namespace.
 */
import { fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { checkOneOf, type Findings } from './findings.ts';
import type { Volume } from './shapes.ts';

type Source<Field extends keyof Volume> = NonNullable<Volume[Field]>;

function require(findings: Findings, value: string | readonly unknown[] | undefined, path: FieldPath): void {
  if (value === undefined || value.length === 0) findings.push(fieldRequired(path));
}

function checkPartition(findings: Findings, partition: number | undefined, path: FieldPath): void {
  if (partition !== undefined && (partition < 0 || partition > 255)) findings.push(fieldInvalid(path, partition, 'must be between 1 and 255, inclusive'));
}

export function checkGcePersistentDisk(findings: Findings, source: Source<'gcePersistentDisk'>, path: FieldPath): void {
  require(findings, source.pdName, path.child('pdName'));
  checkPartition(findings, source.partition, path.child('partition'));
}

export function checkAwsDisk(findings: Findings, source: Source<'awsElasticBlockStore'>, path: FieldPath): void {
  require(findings, source.volumeID, path.child('volumeID'));
  checkPartition(findings, source.partition, path.child('partition'));
}

export function checkNfs(findings: Findings, source: Source<'nfs'>, path: FieldPath): void {
  require(findings, source.server, path.child('server'));
  require(findings, source.path, path.child('path'));
  if (!source.path?.startsWith('/')) findings.push(fieldInvalid(path.child('path'), source.path ?? '', 'must be an absolute path'));
}

interface IscsiSource extends Omit<Source<'iscsi'>, 'secretRef'> {
  secretRef?: { name?: string | undefined; namespace?: string | undefined } | undefined;
}
export function checkIscsi(findings: Findings, source: IscsiSource, path: FieldPath): void {
  const iqn = source.iqn ?? '';
  require(findings, source.targetPortal, path.child('targetPortal'));
  if (iqn === '') findings.push(fieldRequired(path.child('iqn')));
  else if (!/^(?:iqn|eui|naa)/.test(iqn)) findings.push(fieldInvalid(path.child('iqn'), iqn, 'must be valid format starting with iqn, eui, or naa'));
  else if (!isIscsiName(iqn)) findings.push(fieldInvalid(path.child('iqn'), iqn, 'must be valid format'));
  const lun = source.lun ?? 0;
  if (lun < 0 || lun > 255) findings.push(fieldInvalid(path.child('lun'), lun, 'must be between 0 and 255, inclusive'));
  if ((source.chapAuthDiscovery === true || source.chapAuthSession === true) && source.secretRef === undefined) findings.push(fieldRequired(path.child('secretRef')));
  if (source.initiatorName !== undefined && !isIscsiName(source.initiatorName)) findings.push(fieldInvalid(path.child('initiatorname'), source.initiatorName, 'must be valid format'));
}

function isIscsiName(name: string): boolean {
  if (name.startsWith('iqn')) return /^iqn\.[0-9]{4}-[0-9]{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$/.test(name);
  if (name.startsWith('eui')) return /^eui\.[0-9A-Za-z]{16}$/.test(name);
  if (name.startsWith('naa')) return /^naa\.[0-9A-Za-z]{32}$/.test(name);
  return false;
}

export function checkGlusterfs(findings: Findings, source: Source<'glusterfs'>, path: FieldPath): void {
  require(findings, source.endpoints, path.child('endpoints'));
  require(findings, source.path, path.child('path'));
}

export function checkFlocker(findings: Findings, source: Source<'flocker'>, path: FieldPath): void {
  if (!source.datasetName && !source.datasetUUID) {
    findings.push(fieldRequired(path, 'one of datasetName and datasetUUID is required'));
  }
  if (source.datasetName && source.datasetUUID) {
    findings.push(fieldInvalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
  if (source.datasetName?.includes('/')) findings.push(fieldInvalid(path.child('datasetName'), source.datasetName, "must not contain '/'"));
}

type WithSecret<T> = Omit<T, 'secretRef'> & { secretRef?: unknown };

export function checkRbd(findings: Findings, source: WithSecret<Source<'rbd'>>, path: FieldPath): void {
  require(findings, source.monitors, path.child('monitors'));
  require(findings, source.image, path.child('image'));
}

export function checkCinder(findings: Findings, source: Source<'cinder'>, path: FieldPath): void {
  require(findings, source.volumeID, path.child('volumeID'));
  if (source.secretRef !== undefined) require(findings, source.secretRef.name, path.child('secretRef', 'name'));
}

export function checkCephFs(findings: Findings, source: WithSecret<Source<'cephfs'>>, path: FieldPath): void {
  require(findings, source.monitors, path.child('monitors'));
}

export function checkQuobyte(findings: Findings, source: Source<'quobyte'>, path: FieldPath): void {
  const registry = source.registry ?? '';
  if (registry === '') findings.push(fieldRequired(path.child('registry'), "must be a host:port pair or multiple pairs separated by commas"));
  else if (source.tenant !== undefined && source.tenant.length >= 65) {
    findings.push(fieldRequired(path.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  } else {
    for (const pair of registry.split(',')) {
      if (!/^(?:\[[^\]]*\]|[^:]*):[^:]*$/.test(pair)) findings.push(fieldInvalid(path.child('registry'), registry, 'must be a host:port pair or multiple pairs separated by commas'));
    }
  }
  require(findings, source.volume, path.child('volume'));
}

export function checkFc(findings: Findings, source: Source<'fc'>, path: FieldPath): void {
  const targets = source.targetWWNs ?? [];
  const wwids = source.wwids ?? [];
  if (targets.length < 1 && wwids.length < 1) findings.push(fieldRequired(path.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both'));
  if (targets.length > 0 && wwids.length > 0) findings.push(fieldInvalid(path.child('targetWWNs'), targets, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targets.length === 0) return;
  if (source.lun === undefined) findings.push(fieldRequired(path.child('lun'), 'lun is required if targetWWNs is specified'));
  else if (source.lun < 0 || source.lun > 255) findings.push(fieldInvalid(path.child('lun'), source.lun, 'must be between 0 and 255, inclusive'));
}

export function checkFlexVolume(findings: Findings, source: WithSecret<Source<'flexVolume'>>, path: FieldPath): void {
  require(findings, source.driver, path.child('driver'));
  for (const key of Object.keys(source.options ?? {})) {
    const namespace = `.${(key.split('/')[0] ?? '').toLowerCase()}`;
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io')) {
      findings.push(fieldInvalid(path.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved'));
    }
  }
}

export function checkAzureFile(findings: Findings, source: Source<'azureFile'>, path: FieldPath): void {
  require(findings, source.secretName, path.child('secretName'));
  require(findings, source.shareName, path.child('shareName'));
}

export function checkVsphere(findings: Findings, source: Source<'vsphereVolume'>, path: FieldPath): void {
  require(findings, source.volumePath, path.child('volumePath'));
}

export function checkPhoton(findings: Findings, source: Source<'photonPersistentDisk'>, path: FieldPath): void {
  require(findings, source.pdID, path.child('pdID'));
}

export function checkPortworx(findings: Findings, source: Source<'portworxVolume'>, path: FieldPath): void {
  require(findings, source.volumeID, path.child('volumeID'));
}

export function checkAzureDisk(findings: Findings, source: Source<'azureDisk'>, path: FieldPath): void {
  require(findings, source.diskName, path.child('diskName'));
  require(findings, source.diskURI, path.child('diskURI'));
  if (source.cachingMode !== undefined) checkOneOf(findings, path.child('cachingMode'), source.cachingMode, ['None', 'ReadOnly', 'ReadWrite']);
  if (source.kind !== undefined) checkOneOf(findings, path.child('kind'), source.kind, ['Dedicated', 'Managed', 'Shared']);
  const uri = source.diskURI ?? '';
  const isManaged = source.kind === 'Managed';
  if (isManaged && !uri.toLowerCase().startsWith('/subscriptions/')) {
    checkOneOf(findings, path.child('diskURI'), uri, ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']);
  }
  if (source.kind !== undefined && !isManaged && !uri.toLowerCase().startsWith('https://')) {
    checkOneOf(findings, path.child('diskURI'), uri, ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']);
  }
}

export function checkStorageOs(findings: Findings, source: WithSecret<Source<'storageos'>>, path: FieldPath): void {
  require(findings, source.volumeName, path.child('volumeName'));
}

export function checkScaleIo(findings: Findings, source: WithSecret<Source<'scaleIO'>>, path: FieldPath): void {
  require(findings, source.gateway, path.child('gateway'));
  require(findings, source.system, path.child('system'));
  require(findings, source.volumeName, path.child('volumeName'));
}
