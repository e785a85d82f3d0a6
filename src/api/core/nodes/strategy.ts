import { cloneJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { roundResourceList } from '../../pod-template/resource-list.ts';
import type { Node } from './node.ts';
import { cells } from './printer.ts';
import { validate, validateNodeChange, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  keepsStatusOnCreate: true,
  defaults,
  validate,
  warningsOnCreate: warnings,
  validateUpdate,
  warningsOnUpdate: warnings,
  status: { validateUpdate: validateNodeChange },
  selectableFields: { 'spec.unschedulable': (object) => String((object as Node).spec?.unschedulable ?? false) },
  cells,
};

function defaults(object: KubeObject): void {
  const { spec, status } = object as Node;
  if (status?.capacity !== undefined) {
    roundResourceList(status.capacity);
    status.allocatable ??= cloneJson(status.capacity);
  }
  roundResourceList(status?.allocatable);
  if (spec === undefined) return;
  // `podCIDR` is the first of `podCIDRs`; a writer that knows only the former decides.
  const first = spec.podCIDRs?.[0] ?? '';
  if (spec.podCIDR && spec.podCIDR !== first) spec.podCIDRs = [spec.podCIDR];
  else if (!spec.podCIDR && first !== '') spec.podCIDR = first;
}

function warnings(object: KubeObject): string[] {
  const { spec } = object as Node;
  const texts: string[] = [];
  if (spec?.configSource !== undefined) texts.push('spec.configSource: the feature is no longer available');
  if (spec?.externalID) texts.push('spec.externalID: this field is deprecated, and is unused by Kubernetes');
  return texts;
}
