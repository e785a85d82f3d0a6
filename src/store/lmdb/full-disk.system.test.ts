import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { ReadOnlyError } from '../errors.ts';
import { prefixRange } from '../store.ts';
import { open } from './open.ts';

const run = promisify(execFile);

test('a full disk turns the store read-only, loses nothing, and with more room it goes on', async () => {
  const mount = await mkdtemp(path.join(tmpdir(), 'steersman-full-'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mount]);
  try {
    const folder = path.join(mount, 'data');
    const store = await open({ folder, clock: new VirtualClock() });
    const acknowledged = new Map<string, number>();
    const refused: unknown[] = [];
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; ; i++) {
        const key = `/k/${writer}/${i}`;
        try {
          const result = await store.commit({ compares: [{ key, modRevision: 0 }], operations: [{ type: 'put', key, value: Buffer.alloc(5_000, key) }] });
          if (result.ok) acknowledged.set(key, result.revision);
        } catch (error) {
          refused.push(error);
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)));
    expect(acknowledged.size).toBeGreaterThan(500);
    for (const error of refused) expect(error).toBeInstanceOf(ReadOnlyError);
    const held = async (reader: typeof store): Promise<void> => {
      const { entries } = await reader.list(prefixRange('/k/'));
      expect(new Map(entries.map((entry) => [entry.key, entry.modRevision]))).toEqual(acknowledged);
      for (const entry of entries) expect(Buffer.compare(entry.value, Buffer.alloc(5_000, entry.key))).toBe(0);
    };
    await held(store);
    await store.close();

    await run('mount', ['-o', 'remount,size=64m', mount]);
    const roomier = await open({ folder, clock: new VirtualClock() });
    await held(roomier);
    const result = await roomier.commit({ compares: [], operations: [{ type: 'put', key: '/more', value: Buffer.alloc(5_000) }] });
    expect(result).toEqual({ ok: true, revision: Math.max(...acknowledged.values()) + 1 });
    await roomier.close();
  } finally {
    // Lazily: when the test fails the store still holds files.
    await run('umount', ['--lazy', mount]);
    await rmdir(mount);
  }
}, 60_000);
