import { fieldInvalid, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Findings } from '../../pod-template/findings.ts';
import { checkImmutable } from '../../storage/immutable.ts';
import { checkList } from '../check-list.ts';
import { checkDeviceDriver, checkPoolName, checkRequiredLabelName } from '../names.ts';
import type { ResourceSlice, SliceSpec } from '../shapes.ts';
import { checkCounters } from './validate-counters.ts';
import { checkDevice } from './validate-device.ts';
import { checkPlacement } from './validate-placement.ts';

const SPEC = FieldPath.root('spec');
const MAX_DEVICES = 128;
/** Devices with taints or counters are larger. */
const MAX_LARGE_DEVICES = 64;
const MAX_COUNTER_SETS = 8;
const PLACES = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

export function validate(object: KubeObject): FieldError[] {
  return findingsOf((object as ResourceSlice).spec ?? {}, undefined);
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return findingsOf((object as ResourceSlice).spec ?? {}, (old as ResourceSlice).spec ?? {});
}

function findingsOf(spec: SliceSpec, old: SliceSpec | undefined): Findings {
  const findings: Findings = [];
  const { driver = '', pool = {}, devices = [], sharedCounters = [] } = spec;
  checkDeviceDriver(findings, driver, SPEC.child('driver'));
  checkPool(findings, pool);
  if (old !== undefined) {
    checkImmutable(findings, SPEC.child('pool', 'name'), pool.name ?? '', old.pool?.name ?? '');
    checkImmutable(findings, SPEC.child('driver'), driver, old.driver ?? '');
    checkImmutable(findings, SPEC.child('nodeName'), spec.nodeName, old.nodeName);
  }
  checkPlacement(findings, spec, SPEC, { none: PLACES, many: `${PLACES}, but multiple fields are set` });
  if (devices.length > 0 && sharedCounters.length > 0) findings.push(fieldInvalid(SPEC, '', 'only one of `sharedCounters` or `devices` is allowed'));
  const large = devices.some((device) => (device.taints ?? []).length > 0 || (device.consumesCounters ?? []).length > 0);
  checkList(findings, devices, SPEC.child('devices'), {
    max: large ? MAX_LARGE_DEVICES : MAX_DEVICES,
    key: (device) => device.name ?? '',
    check: (device, path) => checkDevice(findings, device, path, spec.perDeviceNodeSelection === true),
  });
  checkList(findings, sharedCounters, SPEC.child('sharedCounters'), {
    max: MAX_COUNTER_SETS,
    key: (set) => set.name ?? '',
    check(set, path) {
      checkRequiredLabelName(findings, set.name ?? '', path.child('name'));
      checkCounters(findings, set.counters, path.child('counters'));
    },
  });
  return findings;
}

function checkPool(findings: Findings, pool: NonNullable<SliceSpec['pool']>): void {
  const path = SPEC.child('pool');
  const { name = '', resourceSliceCount = 0, generation = 0 } = pool;
  checkPoolName(findings, name, path.child('name'));
  if (resourceSliceCount <= 0) findings.push(fieldInvalid(path.child('resourceSliceCount'), resourceSliceCount, 'must be greater than zero'));
  if (generation < 0) findings.push(fieldInvalid(path.child('generation'), generation, 'must be greater than or equal to zero'));
}
