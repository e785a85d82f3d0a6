import type { AdmissionPlugin } from '../admission-plugin.ts';
import { isWrite } from '../admitted-pod.ts';
import { UsageEvaluators } from '../../../api/quota/evaluators/evaluators.ts';
import { QuotaCharger } from './quota-charger.ts';
import type { QuotaStore } from './quota-store.ts';

export interface ResourceQuotaOptions {
  readonly quotas: QuotaStore;
  readonly nowMs: () => number;
}

/**
 * Holds namespaces to their resource quotas. It stands last: what it charges for is then written, or was refused by
 * nobody but the store; what is charged and not written is found by the quota controller's next count.
 */
export function resourceQuota({ quotas, nowMs }: ResourceQuotaOptions): AdmissionPlugin {
  const evaluators = new UsageEvaluators(nowMs);
  const charger = new QuotaCharger(quotas);
  return {
    name: 'ResourceQuota',
    handles: isWrite,
    validate(request) {
      const { namespace, resource, operation, subresource } = request;
      if (namespace === '' || (resource.group === '' && resource.resource === 'namespaces')) return undefined;
      if (!quotas.hasQuotas(namespace)) return undefined;
      const evaluator = evaluators.find(resource);
      if (evaluator === undefined || !evaluator.handles(operation, subresource)) return undefined;
      return charger.charge(request, evaluator);
    },
  };
}
