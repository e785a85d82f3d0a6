import { writeFileSync } from 'node:fs';
import { requireLoadGenerators } from './load-generators.ts';
import type { Measurement } from './measurement.ts';
import { parseOptions, USAGE } from './options.ts';
import type { Part } from './part.ts';
import { nodes } from './parts/nodes.ts';
import { get, list } from './parts/reads.ts';
import { scale } from './parts/scale.ts';
import { start } from './parts/start.ts';
import { watch } from './parts/watch.ts';
import { webhooks } from './parts/webhooks.ts';
import { apply, create, update } from './parts/writes.ts';
import { machine, markdownTable } from './report.ts';
import { withServers } from './with-servers.ts';

const PARTS: Readonly<Record<string, Part>> = { get, list, create, update, apply, watch, webhooks, start, scale, nodes };

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    process.stdout.write(`${USAGE}\nparts: ${Object.keys(PARTS).join(', ')}\n`);
    return;
  }
  const options = parseOptions(args, Object.keys(PARTS));
  await requireLoadGenerators();
  const measurements: Measurement[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (options.parts.length > 0 && !options.parts.includes(name)) continue;
    process.stderr.write(`${name}…\n`);
    measurements.push(...(await part({ options, withServers })));
  }
  const report = `${machine()}; medians of ${options.runs} bursts of ${options.seconds} s\n\n${markdownTable(measurements)}\n`;
  process.stdout.write(report);
  if (options.markdownFile !== undefined) writeFileSync(options.markdownFile, report);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
