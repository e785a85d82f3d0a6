import { formatTime } from '../../../machinery/clock.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules, RuleContext } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { ResourceSlice } from '../shapes.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  prepareForCreate(object, context) {
    forgetDisabledFields(object, undefined);
    setTaintTimes(object, context);
  },
  validate,
  prepareForUpdate(object, old, context) {
    forgetDisabledFields(object, old);
    setTaintTimes(object, context);
  },
  validateUpdate,
  unknownFieldLabel: (label) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${label}`,
  selectableFields: {
    'spec.nodeName': (object) => (object as ResourceSlice).spec?.nodeName ?? '',
    'spec.driver': (object) => (object as ResourceSlice).spec?.driver ?? '',
  },
  cells(object, context) {
    const { metadata, spec = {} } = object as ResourceSlice;
    return [metadata.name ?? '', spec.nodeName ?? '', spec.driver ?? '', spec.pool?.name ?? '', ageOf(object, context.nowMs)];
  },
};

const LIST_ATTRIBUTES = ['bools', 'ints', 'strings', 'versions'] as const;

/** Fields of features that are off by default (DRAListTypeAttributes, DRANodeAllocatableResources), unless they are in use. */
function forgetDisabledFields(object: KubeObject, old: KubeObject | undefined): void {
  const before = (old as ResourceSlice | undefined)?.spec?.devices ?? [];
  const listsInUse = before.some((device) => Object.values(device.attributes ?? {}).some((attribute) => LIST_ATTRIBUTES.some((name) => attribute?.[name] !== undefined)));
  const mappingsInUse = before.some((device) => device.nodeAllocatableResourceMappings !== undefined);
  for (const device of (object as ResourceSlice).spec?.devices ?? []) {
    if (!mappingsInUse) delete device.nodeAllocatableResourceMappings;
    if (listsInUse) continue;
    for (const attribute of Object.values(device.attributes ?? {})) for (const name of LIST_ATTRIBUTES) delete attribute?.[name];
  }
}

function setTaintTimes(object: KubeObject, context: RuleContext): void {
  for (const device of (object as ResourceSlice).spec?.devices ?? []) {
    for (const taint of device.taints ?? []) taint.timeAdded ??= formatTime(context.nowMs);
  }
}
