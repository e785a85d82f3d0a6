import { fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { equalJson, setOwn, type JsonObject } from '../../machinery/json.ts';
import { labelSelectorFromObject, LabelSelectorError, type LabelSelector as CompiledSelector, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import type { Findings } from '../pod-template/findings.ts';
import type { LabelSelector } from '../pod-template/shapes.ts';
import { selectorFindings } from '../pod-template/validate-affinity.ts';

/** The compiled selector; undefined when it is not well formed. An absent one selects nothing. */
export function compileSelector(selector: LabelSelector | undefined | null): CompiledSelector | undefined {
  try {
    return labelSelectorFromObject(selector as LabelSelectorObject | undefined | null);
  } catch (error) {
    if (error instanceof LabelSelectorError) return undefined;
    throw error;
  }
}

export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
}

/** A workload's own selector (null where the body has none): there, well formed, and selecting something. `workload` is the word of the message. */
export function checkRequiredSelector(findings: Findings, selector: LabelSelector | undefined | null, path: FieldPath, workload: string): void {
  if (selector == null) {
    findings.push(fieldRequired(path));
    return;
  }
  findings.push(...selectorFindings(selector, path));
  if (isEmptySelector(selector)) findings.push(fieldInvalid(path, shownSelector(selector), `empty selector is invalid for ${workload}`));
}

export function checkSelectorUnchanged(findings: Findings, selector: LabelSelector | undefined | null, old: LabelSelector | undefined | null, path: FieldPath): void {
  if (!equalJson(selector, old)) findings.push(fieldInvalid(path, shownSelector(selector), 'field is immutable'));
}

/** As findings show a selector: fields and labels in their order. */
export function shownSelector(selector: LabelSelector | undefined | null): JsonObject | null {
  if (selector == null) return null;
  return {
    ...(Object.keys(selector.matchLabels ?? {}).length > 0 && { matchLabels: shownLabels(selector.matchLabels) }),
    ...((selector.matchExpressions ?? []).length > 0 && {
      matchExpressions: (selector.matchExpressions ?? []).map(({ key = '', operator = '', values = [] }) => ({ key, operator, ...(values.length > 0 && { values }) })),
    }),
  };
}

/** Maps are shown with their keys in order, absent ones as null. */
export function shownLabels(labels: Readonly<Record<string, string | undefined>> | undefined): JsonObject | null {
  if (labels === undefined) return null;
  const sorted: JsonObject = {};
  for (const key of Object.keys(labels).sort()) setOwn(sorted, key, labels[key]);
  return sorted;
}
