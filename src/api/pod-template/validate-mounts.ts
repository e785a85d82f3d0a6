import { fieldForbidden, fieldInvalid, fieldNotFound, fieldNotSupported, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { checkOneOf, type Findings } from './findings.ts';
import type { Container, Volume, VolumeMount } from './shapes.ts';
import { checkLocalDescendingPath, hasBacksteps } from './validate-paths.ts';

/** `volumes` are the pod's volumes without findings, by name: only those can be mounted. */
export function checkVolumeMounts(findings: Findings, container: Container, volumes: ReadonlyMap<string, Volume>, path: FieldPath): void {
  const devices = container.volumeDevices ?? [];
  const deviceNames = new Set(devices.map((device) => device.name ?? ''));
  const devicePaths = new Set(devices.map((device) => device.devicePath ?? ''));
  const mountPaths = new Set<string>();
  (container.volumeMounts ?? []).forEach((mount, i) => {
    const mountPath = path.index(i);
    const name = mount.name ?? '';
    const target = mount.mountPath ?? '';
    if (name === '') findings.push(fieldRequired(mountPath.child('name')));
    if (!volumes.has(name)) findings.push(fieldNotFound(mountPath.child('name'), name));
    if (target === '') findings.push(fieldRequired(mountPath.child('mountPath')));
    if (mountPaths.has(target)) findings.push(fieldInvalid(mountPath.child('mountPath'), target, 'must be unique'));
    mountPaths.add(target);
    if (deviceNames.has(name)) findings.push(fieldInvalid(mountPath.child('name'), name, 'must not already exist in volumeDevices'));
    if (devicePaths.has(target)) findings.push(fieldInvalid(mountPath.child('mountPath'), target, 'must not already exist as a path in volumeDevices'));
    checkSubPaths(findings, mount, path, mountPath);
    if (mount.mountPropagation !== undefined) checkPropagation(findings, mount.mountPropagation, container, path.child('mountPropagation'));
    checkRecursiveReadOnly(findings, mount, mountPath.child('recursiveReadOnly'));
  });
}

/** Findings about the paths themselves are given without the mount's index, as Kubernetes gives them. */
function checkSubPaths(findings: Findings, mount: VolumeMount, path: FieldPath, mountPath: FieldPath): void {
  if (mount.subPath) checkLocalDescendingPath(findings, path.child('subPath'), mount.subPath);
  if (!mount.subPathExpr) return;
  if (mount.subPath) findings.push(fieldInvalid(mountPath.child('subPathExpr'), mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
  checkLocalDescendingPath(findings, path.child('subPathExpr'), mount.subPathExpr);
}

function checkPropagation(findings: Findings, propagation: string, container: Container, path: FieldPath): void {
  checkOneOf(findings, path, propagation, ['Bidirectional', 'HostToContainer', 'None']);
  if (propagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
    findings.push(fieldForbidden(path, 'Bidirectional mount propagation is available only to privileged containers'));
  }
}

function checkRecursiveReadOnly(findings: Findings, mount: VolumeMount, path: FieldPath): void {
  const mode = mount.recursiveReadOnly;
  if (mode === undefined || mode === 'Disabled') return;
  if (mode !== 'Enabled' && mode !== 'IfPossible') {
    findings.push(fieldNotSupported(path, mode, ['Disabled', 'Enabled', 'IfPossible']));
    return;
  }
  if (mount.readOnly !== true) findings.push(fieldForbidden(path, 'may only be specified when readOnly is true'));
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None') {
    findings.push(fieldForbidden(path, 'may only be specified when mountPropagation is None or not specified'));
  }
}

export function checkVolumeDevices(findings: Findings, container: Container, volumes: ReadonlyMap<string, Volume>, path: FieldPath): void {
  const mounts = container.volumeMounts ?? [];
  const mountNames = new Set(mounts.map((mount) => mount.name ?? ''));
  const mountPaths = new Set(mounts.map((mount) => mount.mountPath ?? ''));
  const names = new Set<string>();
  const paths = new Set<string>();
  (container.volumeDevices ?? []).forEach((device, i) => {
    const name = device.name ?? '';
    const target = device.devicePath ?? '';
    const namePath = path.index(i).child('name');
    const targetPath = path.index(i).child('devicePath');
    const volume = volumes.get(name);
    if (name === '') findings.push(fieldRequired(namePath));
    if (names.has(name)) findings.push(fieldInvalid(namePath, name, 'must be unique'));
    if (volume === undefined) findings.push(fieldNotFound(namePath, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      findings.push(fieldInvalid(namePath, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    }
    if (target === '') findings.push(fieldRequired(targetPath));
    if (paths.has(target)) findings.push(fieldInvalid(targetPath, target, 'must be unique'));
    if (hasBacksteps(target)) findings.push(fieldInvalid(targetPath, target, "can not contain backsteps ('..')"));
    else paths.add(target);
    if (mountNames.has(name)) findings.push(fieldInvalid(namePath, name, 'must not already exist in volumeMounts'));
    if (mountPaths.has(target)) findings.push(fieldInvalid(targetPath, target, 'must not already exist as a path in volumeMounts'));
    if (name !== '') names.add(name);
  });
}
