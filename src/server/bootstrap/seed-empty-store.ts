import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { formatTime } from '../../machinery/clock.ts';
import { prefixRange, type Operation, type Store } from '../../store/store.ts';
import { kubernetesServiceAddress } from './kubernetes-service.ts';
import type { BootstrapOptions } from './plan-bootstrap.ts';

/** Stand for what differs from object to object and from start to start in the seed's texts. */
export const UID_PLACEHOLDER = '<uid>';
export const TIME_PLACEHOLDER = '<time>';

/** A line of the seed: where an object is stored and the text it is stored as. */
export interface SeedLine {
  readonly key: string;
  readonly value: string;
}

export interface SeedOptions {
  readonly nowMs: number;
  readonly uuid: () => string;
  readonly settings: SeedSettings;
}

/** What differs from cluster to cluster. */
export type SeedSettings = Pick<BootstrapOptions, 'serviceCidrs' | 'advertiseAddress' | 'securePort' | 'clientCa' | 'frontProxyCa'>;

/** Operations of one transaction: within the store's bound. */
const CHUNK = 100;

/**
 * Puts into an empty store, in two or three commits, what every new cluster holds: the objects of `seed.jsonl`, which
 * `scripts/bootstrap/generate-seed.ts` took from a cluster that was bootstrapped by requests. Making them one by one
 * costs two hundred milliseconds, this a few. Returns the keys that are there now; none when the store was not empty.
 */
export async function seedEmptyStore(store: Store, { nowMs, uuid, settings }: SeedOptions): Promise<ReadonlySet<string>> {
  const { count } = await store.list(prefixRange('/registry/'), { limit: 1 });
  if (count > 0) return new Set();
  const lines = readSeed(settings);
  const time = formatTime(nowMs);
  const keys = new Set<string>();
  for (let at = 0; at < lines.length; at += CHUNK) {
    const chunk = lines.slice(at, at + CHUNK);
    const operations = chunk.map(({ key, value }): Operation => ({ type: 'put', key, value: Buffer.from(value.replace(UID_PLACEHOLDER, uuid()).replaceAll(TIME_PLACEHOLDER, time)) }));
    // Another server may be starting on the same store: whoever is first makes the object.
    const result = await store.commit({ compares: chunk.map(({ key }) => ({ key, modRevision: 0 })), operations });
    if (!result.ok) return keys;
    for (const { key } of chunk) keys.add(key);
  }
  return keys;
}

/** The seed with these settings; objects that the seed has no form of under them (a second address family) are left out. */
export function readSeed(settings: SeedSettings): SeedLine[] {
  const texts = settingTexts(settings);
  return seedText()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SeedLine)
    .flatMap(({ key, value }) => {
      const text = `${key}\n${value}`;
      const names = [...text.matchAll(SETTING)].map(([name]) => name);
      if (names.length === 0) return [{ key, value }];
      if (!names.every((name) => texts.has(name))) return [];
      const [filledKey = '', filledValue = ''] = text.replaceAll(SETTING, (name) => texts.get(name) ?? name).split('\n');
      return [{ key: filledKey, value: filledValue }];
    });
}

/** The seed as it is kept, with its placeholders. */
export function seedText(): string {
  return readFileSync(new URL('seed.jsonl', import.meta.url), 'utf8');
}

const SETTING = /<setting:[a-z-]+>/g;

/** How the settings stand in the texts of stored objects, by their placeholders. */
export function settingTexts({ serviceCidrs, advertiseAddress, securePort, clientCa, frontProxyCa }: SeedSettings): ReadonlyMap<string, string> {
  const [cidr = ''] = serviceCidrs;
  const texts = new Map<string, string>();
  const plain = serviceCidrs.length === 1 && isIPv4(cidr.split('/')[0] ?? '') && isIPv4(advertiseAddress);
  if (plain) {
    texts.set('<setting:service-cidr>', cidr);
    texts.set('<setting:service-address>', kubernetesServiceAddress(cidr));
    texts.set('<setting:advertise-address>', advertiseAddress);
    texts.set('<setting:secure-port>', String(securePort));
  }
  if (clientCa !== undefined && frontProxyCa !== undefined) {
    texts.set('<setting:client-ca>', insideQuotes(clientCa));
    texts.set('<setting:front-proxy-ca>', insideQuotes(frontProxyCa));
  }
  return texts;
}

function insideQuotes(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
