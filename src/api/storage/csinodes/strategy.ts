import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { CsiNode } from '../shapes.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  allowUnconditionalUpdate: false,
  prepareForCreate: forgetEmptyLists,
  validate,
  prepareForUpdate: forgetEmptyLists,
  validateUpdate,
  cells: (object, context) => [object.metadata.name ?? '', (object as CsiNode).spec?.drivers?.length ?? 0, ageOf(object, context.nowMs)],
};

/** Once stored, an empty list and none are the same, and are shown as null. */
function forgetEmptyLists(object: KubeObject): void {
  const spec = ((object as CsiNode).spec ??= {});
  for (const driver of spec.drivers ?? []) {
    const keys: { topologyKeys?: string[] | null | undefined } = driver;
    if (keys.topologyKeys?.length === 0) keys.topologyKeys = null;
  }
  if (spec.drivers?.length === 0) spec.drivers = null;
}
