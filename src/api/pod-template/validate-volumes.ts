import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { checkDnsLabel, type Findings } from './findings.ts';
import type { Volume } from './shapes.ts';
import { volumeSourceChecks } from './validate-volume-sources.ts';

/**
 * Checks a pod's volumes and returns those that are sound, by name. `podName` is '' where the pod has none yet: volumes
 * whose claims are named after it cannot be judged then.
 */
export function checkVolumes(findings: Findings, volumes: readonly Volume[] | undefined, podName: string, path: FieldPath): Map<string, Volume> {
  const sound = new Map<string, Volume>();
  const createdClaims = new Set<string>();
  if (podName !== '') for (const volume of volumes ?? []) if (volume.ephemeral !== undefined) createdClaims.add(`${podName}-${volume.name ?? ''}`);
  (volumes ?? []).forEach((volume, i) => {
    const volumePath = path.index(i);
    const name = volume.name ?? '';
    const own: Findings = [];
    checkVolumeSource(own, volume, podName, volumePath);
    if (name === '') own.push(fieldRequired(volumePath.child('name')));
    else checkDnsLabel(own, volumePath.child('name'), name);
    if (sound.has(name)) own.push(fieldDuplicate(volumePath.child('name'), name));
    if (own.length === 0) sound.set(name, volume);
    else findings.push(...own);
    const claimName = volume.persistentVolumeClaim?.claimName ?? '';
    if (createdClaims.has(claimName)) {
      findings.push(fieldInvalid(volumePath.child('persistentVolumeClaim', 'claimName'), claimName, 'must not reference a PVC that gets created for an ephemeral volume'));
    }
  });
  return sound;
}

function checkVolumeSource(findings: Findings, volume: Volume, podName: string, path: FieldPath): void {
  let sources = 0;
  for (const [field, check] of volumeSourceChecks) {
    if (volume[field] === undefined) continue;
    if (sources > 0) findings.push(fieldForbidden(path.child(field), 'may not specify more than 1 volume type'));
    else check(findings, volume, { path: path.child(field), podName });
    sources++;
  }
  if (sources === 0) findings.push(fieldRequired(path, 'must specify a volume type'));
}
