import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { addMissingAmounts, roundResourceList } from '../../pod-template/resource-list.ts';
import type { ResourceList } from '../../pod-template/shapes.ts';
import { validate, type LimitRange } from './validation.ts';

export const rules: KindRules = {
  defaults,
  validate,
  validateUpdate: (object) => validate(object),
  cells: (object) => [object.metadata.name ?? '', object.metadata.creationTimestamp ?? null],
};

/** For containers: the default limit is the maximum, the default request the default limit, or else the minimum. */
function defaults(object: KubeObject): void {
  for (const item of (object as LimitRange).spec?.limits ?? []) {
    for (const list of [item.max, item.min, item.default, item.defaultRequest, item.maxLimitRequestRatio]) roundResourceList(list);
    if (item.type !== 'Container') continue;
    const limits: ResourceList = { ...item.default };
    addMissingAmounts(limits, item.max ?? {});
    const requests: ResourceList = { ...item.defaultRequest };
    addMissingAmounts(requests, limits);
    addMissingAmounts(requests, item.min ?? {});
    if (Object.keys(limits).length > 0) item.default = limits;
    if (Object.keys(requests).length > 0) item.defaultRequest = requests;
  }
}
