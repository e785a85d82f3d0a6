import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { conflict } from '../../../machinery/status-error.ts';
import type { AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { checkRequest } from './check-request.ts';
import type { UsageEvaluator } from '../../../api/quota/evaluators/evaluator.ts';
import type { QuotaCharge, QuotaStore } from './quota-store.ts';
import { quotaOf, type Quota } from '../../../api/quota/quota.ts';

/** How often a batch counts anew because somebody else wrote a quota meanwhile. */
const MAX_ATTEMPTS = 10;

interface Waiting {
  readonly request: AdmissionRequest;
  readonly evaluator: UsageEvaluator;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Charges writes to the quotas of their namespace. Writes that come while a namespace's quotas are being written wait
 * and are then counted together, one after the other, with one write for all: a thousand creations at once cost a few
 * writes of the quota, and none goes beyond it.
 */
export class QuotaCharger {
  readonly #store: QuotaStore;
  /** By namespace; present while a batch of it is under way. */
  readonly #queues = new Map<string, Waiting[]>();

  constructor(store: QuotaStore) {
    this.#store = store;
  }

  /** Resolves once the write is paid for; rejects with Forbidden when it does not fit. */
  charge(request: AdmissionRequest, evaluator: UsageEvaluator): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { request, evaluator, resolve, reject };
      const queue = this.#queues.get(request.namespace);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      this.#queues.set(request.namespace, [waiting]);
      void this.#drain(request.namespace);
    });
  }

  async #drain(namespace: string): Promise<void> {
    // What comes in the same turn goes along with the first.
    await Promise.resolve();
    for (;;) {
      const queue = this.#queues.get(namespace) ?? [];
      if (queue.length === 0) break;
      const batch = queue.splice(0);
      try {
        await this.#settle(namespace, batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#queues.delete(namespace);
  }

  async #settle(namespace: string, batch: readonly Waiting[]): Promise<void> {
    let contested = '';
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { charges, refusals } = computeCharges(batch, await this.#store.read(namespace));
      if (await this.#store.charge(charges)) {
        for (const waiting of batch) {
          const detail = refusals.get(waiting);
          if (detail === undefined) waiting.resolve();
          else waiting.reject(admissionRefusal(waiting.request, detail));
        }
        return;
      }
      contested = charges[0]?.quota.metadata.name ?? '';
    }
    throw conflict({ group: '', resource: 'resourcequotas' }, contested);
  }
}

/** Counts a batch in its order; dry runs are judged by what is left, and leave it. */
function computeCharges(batch: readonly Waiting[], objects: readonly DeepReadonly<KubeObject>[]): { charges: QuotaCharge[]; refusals: Map<Waiting, string> } {
  let quotas: readonly Quota[] = objects.map(quotaOf);
  const changed = new Set<string>();
  const refusals = new Map<Waiting, string>();
  for (const waiting of batch) {
    const verdict = checkRequest(waiting.request, waiting.evaluator, quotas);
    if (verdict.type === 'refused') {
      refusals.set(waiting, verdict.detail);
    } else if (!waiting.request.dryRun && verdict.charged.size > 0) {
      for (const name of verdict.charged.keys()) changed.add(name);
      quotas = quotas.map((quota) => ({ ...quota, used: verdict.charged.get(quota.name) ?? quota.used }));
    }
  }
  const charges = quotas.flatMap((quota, i): QuotaCharge[] => {
    const object = objects[i];
    return object !== undefined && changed.has(quota.name) ? [{ quota: object, used: quota.used }] : [];
  });
  return { charges, refusals };
}
