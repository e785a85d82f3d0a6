/**
 * The process that the crash tests kill: it writes to the store in the folder named by its first argument, without end,
 * and says on stdout what was acknowledged, one line each, as soon as it is. The second argument bounds the history, the third is how many
 * writers there are.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../machinery/clock.ts';
import type { Operation } from '../store.ts';
import { open } from './open.ts';

/** A line of stdout. */
export type CrashReport = { readonly opened: number } | WriteReport;

export interface WriteReport {
  readonly revision: number;
  /** Null: deleted. */
  readonly written: readonly (readonly [key: string, value: string | null])[];
}

function say(report: CrashReport): void {
  writeSync(1, `${JSON.stringify(report)}\n`);
}

async function run(folder: string, maxRevisions: number, writers: number): Promise<void> {
  const store = await open({ folder, clock: systemClock, history: { maxRevisions } });
  const opened = await store.currentRevision();
  say({ opened });
  let serial = 0;
  const write = async (writer: number): Promise<never> => {
    for (;;) {
      const n = serial++;
      const value = `${opened}/${n}/${'x'.repeat((n * 37) % 3000)}`;
      const written: [string, string | null][] =
        n % 3 === 0 ? [[`/pair/${writer}/a`, value], [`/pair/${writer}/b`, value]]
        : n % 7 === 0 ? [[`/single/${n % 50}`, null]]
        : [[`/single/${n % 50}`, value]];
      const operations = written.map(([key, content]): Operation => (content === null ? { type: 'delete', key } : { type: 'put', key, value: Buffer.from(content) }));
      const before = await store.currentRevision();
      const result = await store.commit({ compares: [], operations });
      if (result.ok && result.revision > before) say({ revision: result.revision, written });
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
}

const [folder, maxRevisions, writers] = process.argv.slice(2);
if (folder && maxRevisions && writers) await run(folder, Number(maxRevisions), Number(writers));
