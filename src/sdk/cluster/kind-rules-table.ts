import { coreKinds } from '../../api/core/kinds.ts';
import type { KindRules } from '../../api/kind-rules.ts';
import { definitionRules } from '../../extensions/custom-resources/definition-rules.ts';
import type { KindRulesTable } from '../../server/builtin/builtin-resources.ts';

/** The rules of every built-in kind that has some, by `group/resource`. */
export const KIND_RULES: KindRulesTable = {
  ...inGroup('', coreKinds),
  'apiextensions.k8s.io/customresourcedefinitions': definitionRules() as KindRules,
};

function inGroup(group: string, kinds: Readonly<Record<string, KindRules>>): KindRulesTable {
  return Object.fromEntries(Object.entries(kinds).map(([plural, rules]) => [`${group}/${plural}`, rules]));
}
