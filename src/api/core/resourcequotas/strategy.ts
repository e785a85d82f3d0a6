import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { roundResourceList } from '../../pod-template/resource-list.ts';
import { sortedAmounts } from '../../pod-template/validate-resources.ts';
import { validate, validateStatusUpdate, validateUpdate, type ResourceQuota } from './validation.ts';

export const rules: KindRules = {
  defaults(object) {
    const { spec, status } = object as ResourceQuota;
    for (const list of [spec?.hard, status?.hard, status?.used]) roundResourceList(list);
  },
  prepareForCreate(object) {
    (object as ResourceQuota).status = {};
  },
  validate,
  validateUpdate,
  status: { validateUpdate: validateStatusUpdate },
  cells,
};

/** Limits have a column of their own. */
function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const { metadata, status } = object as ResourceQuota;
  const amounts = sortedAmounts(status?.hard).map(([name, hard]) => ({ name, text: `${name}: ${status?.used?.[name] ?? '0'}/${hard}` }));
  const column = (isLimit: boolean): string =>
    amounts
      .filter(({ name }) => name.startsWith('limits.') === isLimit)
      .map(({ text }) => text)
      .join(', ');
  return [metadata.name ?? '', column(false), column(true), ageOf(object, nowMs)];
}
