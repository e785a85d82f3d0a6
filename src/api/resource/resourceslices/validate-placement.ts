import { fieldInvalid, fieldRequired, type FieldPath } from '../../../machinery/field-error.ts';
import { isDns1123Subdomain } from '../../../machinery/names.ts';
import { reportTexts, type Findings } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import { checkNodeSelector } from '../../pod-template/validate-affinity.ts';
import { CLAIM_LAYOUTS } from '../internal-layouts.ts';
import type { SliceSpec } from '../shapes.ts';

export type Placement = Pick<SliceSpec, 'nodeName' | 'nodeSelector' | 'allNodes' | 'perDeviceNodeSelection'>;

const UNSET_OR_TRUE = 'must be either unset or set to true';

/** Where devices are: said in exactly one way. The texts are those for none and for several. */
export function checkPlacement(findings: Findings, placement: Placement, path: FieldPath, texts: { readonly none: string; readonly many: string }): void {
  const set: string[] = [];
  const { nodeName, nodeSelector } = placement;
  if (nodeName === '') findings.push(fieldInvalid(path.child('nodeName'), nodeName, 'must be either unset or set to a non-empty string'));
  else if (nodeName !== undefined) {
    set.push('`nodeName`');
    reportTexts(findings, path.child('nodeName'), nodeName, isDns1123Subdomain(nodeName));
  }
  if (nodeSelector !== undefined) {
    set.push('`nodeSelector`');
    const terms = nodeSelector.nodeSelectorTerms ?? [];
    checkNodeSelector(findings, nodeSelector, path.child('nodeSelector'));
    if (terms.length !== 1) {
      const shown = terms.map((term) => internalForm(term, 'NodeSelectorTerm', CLAIM_LAYOUTS));
      findings.push(fieldInvalid(path.child('nodeSelector', 'nodeSelectorTerms'), shown, 'must have exactly one node selector term'));
    }
  }
  for (const field of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (placement[field] === true) set.push(`\`${field}\``);
    else if (placement[field] === false) findings.push(fieldInvalid(path.child(field), false, UNSET_OR_TRUE));
  }
  if (set.length === 0) findings.push(fieldRequired(path, texts.none));
  else if (set.length > 1) findings.push(fieldInvalid(path, `{${set.join(', ')}}`, texts.many));
}
