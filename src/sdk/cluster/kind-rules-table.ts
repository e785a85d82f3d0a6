import type { KindRulesTable } from '../../server/builtin/builtin-resources.ts';

/** The rules of every built-in kind that has some, by `group/resource`. */
export const KIND_RULES: KindRulesTable = {};
