import type { KindRules } from '../kind-rules.ts';
import { rules as clusterrolebindings } from './clusterrolebindings/strategy.ts';
import { rules as clusterroles } from './clusterroles/strategy.ts';
import { rules as rolebindings } from './rolebindings/strategy.ts';
import { rules as roles } from './roles/strategy.ts';

/** The rules of the RBAC group's kinds, by the plural of their resource. */
export const rbacKinds: Readonly<Record<string, KindRules>> = { clusterrolebindings, clusterroles, rolebindings, roles };
