/**
 * Writes src/server/bootstrap/seed.jsonl: bootstraps two clusters with different settings by requests, puts placeholders
 * where their settings stand, and keeps the objects that are then alike in both. Run it after a change to the bootstrap
 * objects or to the rules of their kinds:
 *
 *     node scripts/bootstrap/generate-seed.ts
 */
import { writeFileSync } from 'node:fs';
import { VirtualClock } from '../../src/machinery/virtual-clock.ts';
import { openApiServer } from '../../src/sdk/cluster/api-server-process.ts';
import { settingTexts, TIME_PLACEHOLDER, UID_PLACEHOLDER, type SeedLine } from '../../src/server/bootstrap/seed-empty-store.ts';
import { generateClusterCertificates } from '../../src/server/certificates/cluster-certificates.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { prefixRange } from '../../src/store/store.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const START = Date.UTC(2026, 0, 1);

export interface Settings {
  readonly serviceClusterIpRange: string;
  readonly address: string;
  readonly port: number;
}

/** What a cluster with these settings holds after it was bootstrapped by requests, with placeholders for what differs. */
export async function seedLines({ serviceClusterIpRange, address, port }: Settings): Promise<SeedLine[]> {
  const clock = new VirtualClock(START);
  const store = new MemoryStore({ clock });
  const certificates = generateClusterCertificates(['localhost'], START);
  const server = await openApiServer({ store, clock, certificates, seed: false, serviceClusterIpRange, advertise: { address, port } });
  const { entries } = await store.list(prefixRange('/registry/'));
  server.close();
  await store.close();
  const texts = settingTexts({ serviceCidrs: [serviceClusterIpRange], advertiseAddress: address, securePort: port, clientCa: certificates.ca.cert, frontProxyCa: certificates.frontProxyCa.cert });
  const general = (text: string): string => [...texts].reduce((rest, [placeholder, value]) => rest.replaceAll(value, placeholder), text);
  return entries.map(({ key, value }) => ({
    key: general(key),
    value: general(Buffer.from(value).toString('utf8').replace(UUID, UID_PLACEHOLDER).replaceAll('2026-01-01T00:00:00Z', TIME_PLACEHOLDER)),
  }));
}

/** What does not depend on the settings but where it names them. */
export async function commonSeedLines(): Promise<SeedLine[]> {
  const other = new Map((await seedLines({ serviceClusterIpRange: '172.20.0.0/16', address: '198.51.100.7', port: 17443 })).map((line) => [line.key, line.value]));
  const lines = await seedLines({ serviceClusterIpRange: '10.96.0.0/12', address: '192.0.2.1', port: 26443 });
  return lines.filter((line) => other.get(line.key) === line.value);
}

if (import.meta.main) {
  const lines = await commonSeedLines();
  writeFileSync(new URL('../../src/server/bootstrap/seed.jsonl', import.meta.url), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  process.stdout.write(`${lines.length} objects\n`);
}
