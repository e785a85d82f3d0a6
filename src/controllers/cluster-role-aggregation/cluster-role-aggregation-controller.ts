import type { ClusterRole, PolicyRule } from '../../api/types/generated/rbac-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import { labelSelectorFromObject } from '../../machinery/label-selector.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';

const NAME = 'clusterrole-aggregation-controller';
const WORKERS = 5;

type SharedRole = DeepReadonly<ClusterRole>;

/** Gives cluster roles that are made of others the rules of those that they select. */
export function startClusterRoleAggregation({ client, clock, informers, log }: ControllerContext): RunningController {
  const roles = informers.get<ClusterRole>(BUILTIN.clusterRoles);
  const controller = new Controller({
    name: NAME,
    clock,
    workers: WORKERS,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const role = roles.store.get(key);
      const rules = role && computeRules(role, roles.store.all());
      if (!role || !rules || equalJson(rules, role.rules ?? [])) return;
      const wanted = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: key }, rules };
      await client.resource<ClusterRole>(BUILTIN.clusterRoles).apply(wanted, { fieldManager: NAME, force: true, signal });
    },
  });
  // Whatever changes may be part of any of them.
  const aggregated = (): string[] => roles.store.all().filter(({ aggregationRule }) => aggregationRule !== undefined).map(({ metadata }) => metadata.name ?? '');
  controller.watch(roles, { keysOf: aggregated });
  controller.start();
  return controller;
}

/** The rules of the roles that it selects, selector by selector and by name, each once; undefined for a role of its own rules. */
export function computeRules(role: SharedRole, all: readonly SharedRole[]): PolicyRule[] | undefined {
  if (!role.aggregationRule) return undefined;
  const others = all.filter(({ metadata }) => metadata.name !== role.metadata.name).toSorted((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const object of role.aggregationRule.clusterRoleSelectors ?? []) {
    const selector = labelSelectorFromObject(object as Parameters<typeof labelSelectorFromObject>[0]);
    for (const { rules: own } of others.filter(({ metadata }) => selector.matches(metadata.labels))) {
      for (const rule of own ?? []) if (!rules.some((known) => equalJson(known, rule))) rules.push(cloneJson(rule) as PolicyRule);
    }
  }
  return rules;
}
