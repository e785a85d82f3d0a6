import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { formatQuantity } from '../../../machinery/quantity.ts';
import { findStatusError } from '../../../machinery/status-error.ts';
import { object } from '../../authorization/memory-reader.test-data.ts';
import { podWrite } from '../admission-request.test-data.ts';
import { UsageEvaluators } from '../../../api/quota/evaluators/evaluators.ts';
import { QuotaCharger } from './quota-charger.ts';
import type { QuotaCharge, QuotaStore } from './quota-store.ts';

const evaluator = new UsageEvaluators(() => 0).find({ group: '', resource: 'pods' });

/** One quota in memory; `interfere` stands for somebody else who writes it first. */
class OneQuota implements QuotaStore {
  quota: KubeObject;
  writes = 0;
  interfere: () => void = () => undefined;

  constructor(hard: string, used = '0') {
    this.quota = object('v1', 'ResourceQuota', { name: 'q', namespace: 'x', resourceVersion: '1' }, { status: { hard: { pods: hard }, used: { pods: used } } });
  }

  get used(): string {
    return (this.quota['status'] as { used: { pods: string } }).used.pods;
  }

  set(used: string): void {
    const { metadata } = this.quota;
    this.quota = { ...this.quota, metadata: { ...metadata, resourceVersion: String(Number(metadata.resourceVersion) + 1) }, status: { ...(this.quota['status'] as object), used: { pods: used } } };
  }

  hasQuotas(): boolean {
    return true;
  }

  async read(): Promise<readonly KubeObject[]> {
    return [this.quota];
  }

  async charge(charges: readonly QuotaCharge[]): Promise<boolean> {
    this.interfere();
    for (const { quota, used } of charges) {
      if (quota.metadata.resourceVersion !== this.quota.metadata.resourceVersion) return false;
      this.writes++;
      const pods = used.get('pods');
      this.set(pods === undefined ? '0' : formatQuantity(pods));
    }
    return true;
  }
}

async function chargeAll(store: QuotaStore, count: number, partial: { dryRun?: boolean } = {}): Promise<string[]> {
  const charger = new QuotaCharger(store);
  if (evaluator === undefined) throw new Error('pods are counted');
  const results = await Promise.allSettled(Array.from({ length: count }, () => charger.charge(podWrite({}, partial), evaluator)));
  return results.map((result) => (result.status === 'fulfilled' ? 'paid' : (findStatusError(result.reason)?.message ?? String(result.reason))));
}

describe('writes at once', () => {
  test('are paid for in their order with one write of the quota, and none goes beyond it', async () => {
    const store = new OneQuota('150');
    const results = await chargeAll(store, 200);
    expect(results.slice(0, 150)).toEqual(Array.from({ length: 150 }, () => 'paid'));
    expect(new Set(results.slice(150))).toEqual(new Set(['pods "p" is forbidden: exceeded quota: q, requested: pods=1, used: pods=150, limited: pods=150']));
    expect([store.used, store.writes]).toEqual(['150', 1]);
  });

  test('are counted anew when somebody else wrote the quota first', async () => {
    const store = new OneQuota('10');
    store.interfere = () => {
      store.set('9');
      store.interfere = () => undefined;
    };
    expect(await chargeAll(store, 2)).toEqual(['paid', expect.stringContaining('used: pods=10')]);
    expect(store.used).toBe('10');
  });

  test('are a conflict when somebody else always comes first', async () => {
    const store = new OneQuota('10');
    store.interfere = () => store.set('0');
    expect(await chargeAll(store, 1)).toEqual(['Operation cannot be fulfilled on resourcequotas "q": the object has been modified; please apply your changes to the latest version and try again']);
  });
});

test('a dry run is judged and not paid for', async () => {
  const store = new OneQuota('1');
  expect(await chargeAll(store, 2, { dryRun: true })).toEqual(['paid', 'paid']);
  expect([store.used, store.writes]).toEqual(['0', 0]);
  expect((await chargeAll(new OneQuota('0'), 1, { dryRun: true }))[0]).toMatch(/exceeded quota/);
});

test('a store that fails fails the writes that waited for it, and no later ones', async () => {
  const store = new OneQuota('5');
  const charger = new QuotaCharger(store);
  if (evaluator === undefined) throw new Error('pods are counted');
  store.interfere = () => {
    throw new Error('the disk is full');
  };
  await expect(charger.charge(podWrite({}), evaluator)).rejects.toThrow('the disk is full');
  store.interfere = () => undefined;
  await expect(charger.charge(podWrite({}), evaluator)).resolves.toBeUndefined();
  expect(store.used).toBe('1');
});
