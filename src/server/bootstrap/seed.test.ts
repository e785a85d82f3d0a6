import { expect, test } from 'vitest';
import { commonSeedLines } from '../../../scripts/bootstrap/generate-seed.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { prefixRange } from '../../store/store.ts';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { openApiServer } from '../../sdk/cluster/api-server-process.ts';
import { generateClusterCertificates } from '../certificates/cluster-certificates.ts';
import { seedText } from './seed-empty-store.ts';

const START = Date.UTC(2026, 0, 1);

test('the seed is what a cluster that is bootstrapped by requests holds', async () => {
  // If this fails after a change to the rules of a kind: node scripts/bootstrap/generate-seed.ts
  expect(seedText()).toBe((await commonSeedLines()).map((line) => `${JSON.stringify(line)}\n`).join(''));
});

test.each([
  ['one range', '10.43.0.0/16', '192.0.2.77'],
  ['the ranges of both families', '10.43.0.0/16,fd00:43::/112', '192.0.2.77'],
  ['an address of version 6', 'fd00:43::/112', 'fd00::7'],
])('a cluster with %s holds the same whether it was seeded or not', async (_name, serviceClusterIpRange, address) => {
  const certificates = generateClusterCertificates(['localhost'], START);
  const [seeded, made] = await Promise.all(
    [true, false].map(async (seed) => {
      const clock = new VirtualClock(START);
      const store = new MemoryStore({ clock });
      const server = await openApiServer({ store, clock, certificates, seed, uuid: () => '00000000-0000-4000-8000-000000000000', serviceClusterIpRange, advertise: { address, port: 7443 } });
      const { entries } = await store.list(prefixRange('/registry/'));
      server.close();
      await store.close();
      return entries.map(({ key, value }) => [key, Buffer.from(value).toString('utf8')]);
    }),
  );
  expect(seeded).toEqual(made);
});
