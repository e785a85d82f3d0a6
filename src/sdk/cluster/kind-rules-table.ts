import { apiregistrationKinds } from '../../api/apiregistration/kinds.ts';
import { appsKinds } from '../../api/apps/kinds.ts';
import { autoscalingKinds } from '../../api/autoscaling/kinds.ts';
import { batchKinds } from '../../api/batch/kinds.ts';
import { certificatesKinds } from '../../api/certificates/kinds.ts';
import { coreKinds } from '../../api/core/kinds.ts';
import { flowcontrolKinds } from '../../api/flowcontrol/kinds.ts';
import type { KindRules } from '../../api/kind-rules.ts';
import { nodeKinds } from '../../api/node/kinds.ts';
import { rbacKinds } from '../../api/rbac/kinds.ts';
import { schedulingKinds } from '../../api/scheduling/kinds.ts';
import { storageKinds } from '../../api/storage/kinds.ts';
import { definitionRules } from '../../extensions/custom-resources/definition-rules.ts';
import type { RuleCompiler } from '../../schema/rule-compiler.ts';
import type { KindRulesTable } from '../../server/builtin/builtin-resources.ts';

/** The rules of every built-in kind that has some, by `group/resource`. */
export function kindRules(ruleCompiler: RuleCompiler): KindRulesTable {
  return {
    ...inGroup('', coreKinds),
    ...inGroup('apiregistration.k8s.io', apiregistrationKinds),
    ...inGroup('apps', appsKinds),
    ...inGroup('autoscaling', autoscalingKinds),
    ...inGroup('batch', batchKinds),
    ...inGroup('certificates.k8s.io', certificatesKinds),
    ...inGroup('flowcontrol.apiserver.k8s.io', flowcontrolKinds),
    ...inGroup('node.k8s.io', nodeKinds),
    ...inGroup('rbac.authorization.k8s.io', rbacKinds),
    ...inGroup('scheduling.k8s.io', schedulingKinds),
    ...inGroup('storage.k8s.io', storageKinds),
    'apiextensions.k8s.io/customresourcedefinitions': definitionRules({ ruleCompiler }) as KindRules,
  };
}

function inGroup(group: string, kinds: Readonly<Record<string, KindRules>>): KindRulesTable {
  return Object.fromEntries(Object.entries(kinds).map(([plural, rules]) => [`${group}/${plural}`, rules]));
}
