/**
 * Writes src/server/bootstrap/seed.jsonl: bootstraps two clusters with different settings by requests, and keeps the
 * objects that are stored alike in both. Run it after a change to the bootstrap objects or to the rules of their kinds:
 *
 *     node scripts/bootstrap/generate-seed.ts
 */
import { writeFileSync } from 'node:fs';
import { VirtualClock } from '../../src/machinery/virtual-clock.ts';
import { openApiServer } from '../../src/sdk/cluster/api-server-process.ts';
import { TIME_PLACEHOLDER, UID_PLACEHOLDER, type SeedLine } from '../../src/server/bootstrap/seed-empty-store.ts';
import { generateClusterCertificates } from '../../src/server/certificates/cluster-certificates.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { prefixRange } from '../../src/store/store.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const START = Date.UTC(2026, 0, 1);

export async function seedLines(settings: { serviceClusterIpRange: string; port: number }): Promise<SeedLine[]> {
  const clock = new VirtualClock(START);
  const store = new MemoryStore({ clock });
  const server = await openApiServer({
    store,
    clock,
    certificates: generateClusterCertificates(['localhost'], START),
    seed: false,
    serviceClusterIpRange: settings.serviceClusterIpRange,
    advertise: { address: '192.0.2.1', port: settings.port },
  });
  const { entries } = await store.list(prefixRange('/registry/'));
  server.close();
  await store.close();
  return entries.map(({ key, value }) => ({
    key,
    value: Buffer.from(value).toString('utf8').replace(UUID, UID_PLACEHOLDER).replaceAll('2026-01-01T00:00:00Z', TIME_PLACEHOLDER),
  }));
}

/** What does not depend on the settings. */
export async function commonSeedLines(): Promise<SeedLine[]> {
  const other = new Map((await seedLines({ serviceClusterIpRange: '10.1.0.0/16', port: 7443 })).map((line) => [line.key, line.value]));
  const lines = await seedLines({ serviceClusterIpRange: '10.96.0.0/12', port: 6443 });
  return lines.filter((line) => other.get(line.key) === line.value);
}

if (import.meta.main) {
  const lines = await commonSeedLines();
  writeFileSync(new URL('../../src/server/bootstrap/seed.jsonl', import.meta.url), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  process.stdout.write(`${lines.length} objects\n`);
}
