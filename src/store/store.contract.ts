import { afterEach, describe } from 'vitest';
import { describeClose, describeCompaction, describeExpiry, describeLoad } from './contract/lifetimes.contract.ts';
import { describeModel } from './contract/model.contract.ts';
import { describeHistory, describeLists } from './contract/reads.contract.ts';
import { describeWatches } from './contract/watches.contract.ts';
import { describeRevisions, describeTransactions } from './contract/writes.contract.ts';
import type { StoreHarness } from './contract/kit.contract.ts';
import type { Store } from './store.ts';

export interface ContractOptions {
  /** Real clusters keep time to livings in whole seconds, and not short ones. Default 10. */
  readonly ttlSeconds?: number;
  /** Random sequences tried by the property test. Default 60. */
  readonly runs?: number;
  /** For each test. Default 10,000. */
  readonly timeoutMs?: number;
}

/** The suite every engine passes. The callers are a few lines each. */
export function describeStore(name: string, create: () => Promise<StoreHarness>, options: ContractOptions = {}): void {
  describe(name, { timeout: options.timeoutMs ?? 10_000 }, () => {
    const harnesses: StoreHarness[] = [];
    const open = async (): Promise<StoreHarness> => {
      const harness = await create();
      harnesses.push(harness);
      return harness;
    };
    const openStore = async (): Promise<Store> => (await open()).store;
    afterEach(async () => {
      for (const harness of harnesses.splice(0)) await harness.dispose();
    });
    describeRevisions(openStore);
    describeTransactions(openStore);
    describeLists(openStore);
    describeHistory(openStore);
    describeWatches(openStore);
    describeCompaction(openStore);
    describeExpiry(open, options.ttlSeconds ?? 10);
    describeLoad(openStore);
    describeClose(openStore);
    describeModel(openStore, options.runs ?? 60);
  });
}
