import type { ExpressionChecker } from '../../api/admissionregistration/expressions.ts';
import type { KindRules } from '../../api/kind-rules.ts';
import type { RuleCompiler } from '../../schema/rule-compiler.ts';
import type { KindRuleLoaders } from '../../server/builtin/kind-rule-sets.ts';

/** Where the rules of each group's kinds are, sorted by group. Each file is loaded when the first of its kinds is used. */
export function kindRuleLoaders(ruleCompiler: () => Promise<RuleCompiler>, expressions: () => Promise<ExpressionChecker>): KindRuleLoaders {
  return {
    '': async () => (await import('../../api/core/kinds.ts')).coreKinds,
    'admissionregistration.k8s.io': async () => {
      const { makeAdmissionregistrationKinds } = await import('../../api/admissionregistration/kinds.ts');
      return makeAdmissionregistrationKinds(await expressions());
    },
    'apiextensions.k8s.io': async () => {
      const { definitionRules } = await import('../../extensions/custom-resources/definition-rules.ts');
      return { customresourcedefinitions: definitionRules({ ruleCompiler: await ruleCompiler() }) as KindRules };
    },
    'apiregistration.k8s.io': async () => (await import('../../api/apiregistration/kinds.ts')).apiregistrationKinds,
    apps: async () => (await import('../../api/apps/kinds.ts')).appsKinds,
    autoscaling: async () => (await import('../../api/autoscaling/kinds.ts')).autoscalingKinds,
    batch: async () => (await import('../../api/batch/kinds.ts')).batchKinds,
    'certificates.k8s.io': async () => (await import('../../api/certificates/kinds.ts')).certificatesKinds,
    'coordination.k8s.io': async () => (await import('../../api/coordination/kinds.ts')).coordinationKinds,
    'discovery.k8s.io': async () => (await import('../../api/discovery/kinds.ts')).discoveryKinds,
    'flowcontrol.apiserver.k8s.io': async () => (await import('../../api/flowcontrol/kinds.ts')).flowcontrolKinds,
    'networking.k8s.io': async () => (await import('../../api/networking/kinds.ts')).networkingKinds,
    'node.k8s.io': async () => (await import('../../api/node/kinds.ts')).nodeKinds,
    policy: async () => (await import('../../api/policy/kinds.ts')).policyKinds,
    'rbac.authorization.k8s.io': async () => (await import('../../api/rbac/kinds.ts')).rbacKinds,
    'resource.k8s.io': async () => {
      const [{ makeResourceKinds }, { DeviceSelectors }] = await Promise.all([import('../../api/resource/kinds.ts'), import('../../cel/device-selectors.ts')]);
      const selectors = new DeviceSelectors();
      return makeResourceKinds({
        check(expression) {
          const compiled = selectors.compile(expression);
          return 'error' in compiled ? { type: 'invalid', text: compiled.error } : undefined;
        },
      });
    },
    'scheduling.k8s.io': async () => (await import('../../api/scheduling/kinds.ts')).schedulingKinds,
    'storage.k8s.io': async () => (await import('../../api/storage/kinds.ts')).storageKinds,
  };
}
