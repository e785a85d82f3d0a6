import { FieldPath, fieldInvalid, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson, getOwn } from '../../../machinery/json.ts';
import type { Affinity, NodeSelectorRequirement, PodSpec } from '../../pod-template/shapes.ts';
import { internalForm } from '../../pod-template/internal-form.ts';

const SPEC = FieldPath.root('spec');
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

type NodeAffinity = Affinity['nodeAffinity'];

/** While a pod is held back from scheduling, where it may go can be narrowed, never widened. */
export function checkGatedPlacement(findings: FieldError[], spec: PodSpec, old: PodSpec): void {
  if (!isSuperset(spec.nodeSelector, old.nodeSelector)) {
    findings.push(fieldInvalid(SPEC.child('nodeSelector'), spec.nodeSelector ?? null, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'));
  }
  const now = spec.affinity?.nodeAffinity;
  const before = old.affinity?.nodeAffinity;
  if (!equalJson(now, before)) checkNodeAffinity(findings, now, before);
}

function isSuperset(now: PodSpec['nodeSelector'], before: PodSpec['nodeSelector']): boolean {
  return Object.entries(before ?? {}).every(([key, value]) => getOwn(now ?? {}, key) === value);
}

/** Terms are alternatives: each keeps its place and may only gain requirements. Preferences are free. */
function checkNodeAffinity(findings: FieldError[], now: NodeAffinity, before: NodeAffinity): void {
  const oldTerms = before?.[REQUIRED]?.nodeSelectorTerms ?? [];
  if (oldTerms.length === 0) return;
  const terms = now?.[REQUIRED]?.nodeSelectorTerms;
  const path = SPEC.child('affinity', 'nodeAffinity', REQUIRED, 'nodeSelectorTerms');
  if ((terms ?? []).length !== oldTerms.length) {
    const shown = terms === undefined ? null : terms.map((term) => internalForm(term, 'NodeSelectorTerm'));
    findings.push(fieldInvalid(path, shown, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'));
    return;
  }
  terms?.forEach((term, i) => {
    const oldTerm = oldTerms[i];
    const isAnyMatchedByNone = (oldTerm?.matchExpressions ?? []).length === 0 && (oldTerm?.matchFields ?? []).length === 0;
    const isNarrower = isAnyMatchedByNone
      ? equalJson(internalForm(term, 'NodeSelectorTerm'), internalForm(oldTerm, 'NodeSelectorTerm'))
      : startsWith(term.matchExpressions, oldTerm?.matchExpressions) && startsWith(term.matchFields, oldTerm?.matchFields);
    if (!isNarrower) findings.push(fieldInvalid(path.index(i), internalForm(term, 'NodeSelectorTerm'), 'only additions are allowed (no mutations or deletions)'));
  });
}

function startsWith(now: readonly NodeSelectorRequirement[] | undefined, before: readonly NodeSelectorRequirement[] | undefined): boolean {
  return (before ?? []).every((requirement, i) => equalJson(now?.[i], requirement));
}

/** The spec with the old placement, judged above, put back. */
export function withOldPlacement(spec: PodSpec, old: PodSpec): PodSpec {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const nodeAffinity = old.affinity?.nodeAffinity;
  const isNothing = nodeAffinity === undefined && podAffinity === undefined && podAntiAffinity === undefined;
  const affinity = isNothing ? old.affinity : { nodeAffinity, podAffinity, podAntiAffinity };
  return { ...spec, nodeSelector: old.nodeSelector, affinity };
}
