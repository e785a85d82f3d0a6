import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { describeStore } from '../store.contract.ts';
import { open } from './open.ts';

describeStore('the LMDB store keeps the contract', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'steersman-store-'));
  const clock = new VirtualClock();
  const store = await open({ folder, clock });
  return {
    store,
    elapse: (ms) => clock.advance(ms),
    dispose: async () => {
      await store.close();
      await rm(folder, { recursive: true });
      expect(clock.pendingTimers).toBe(0);
    },
  };
}, { runs: 25 });
