// Replays recorded HTTP exchanges and keeps a ratchet: the ids in the ratchet file must pass.
// usage: node .ci/corpus.mjs CORPUS [--loops LOOPS] [--only PREFIX] [--update] [--verbose]
//   CORPUS alone: exchanges with the API server. With --loops: those of LOOPS instead, with control loops, scheduler and nodes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { addNodes } from './recorded-nodes.mjs';
import { replay } from './replay-server.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { loops: { type: 'string' }, only: { type: 'string', default: '' }, update: { type: 'boolean' }, verbose: { type: 'boolean' } } });
const [corpus] = positionals;
if (!corpus) throw new Error('usage: node .ci/corpus.mjs CORPUS [--loops LOOPS] [--only PREFIX] [--update] [--verbose]');
const { loops } = values;
const ratchetFile = new URL(loops ? 'loops-passing.txt' : 'corpus-passing.txt', import.meta.url);
const { lines, cases } = await run(values.only);

process.stdout.write(`${lines.filter((line) => values.verbose || /^\S+ +\d+ of \d+$|^\d+ passed/.test(line)).join('\n')}\n`);
const passed = new Set(cases.filter((c) => c.passed).map((c) => c.id));
const known = new Set(cases.map((c) => c.id));
const wanted = existsSync(ratchetFile) ? readFileSync(ratchetFile, 'utf8').split('\n').filter(Boolean) : [];
if (values.update) {
  const ids = [...new Set([...passed, ...wanted.filter((id) => !known.has(id))])].sort((a, b) => (a < b ? -1 : 1));
  writeFileSync(ratchetFile, `${ids.join('\n')}\n`);
  process.stdout.write(`${ids.length} ids in the ratchet\n`);
} else {
  let broken = 0;
  for (const id of wanted.filter((one) => known.has(one) && !passed.has(one))) {
    process.stdout.write(`does not pass: ${id}\n${failureOf(id).join('\n')}\n`);
    // Control loops are given seconds to act in, which a machine busy with all cases at once may not have had for each.
    if (loops && (await run(id)).cases.every((c) => c.id !== id || c.passed)) process.stdout.write(`passes alone: ${id}\n`);
    else broken++;
  }
  process.stdout.write(`${wanted.length - broken} of ${wanted.length} ids of the ratchet pass\n`);
  process.exitCode = broken > 0 ? 1 : 0;
}

function run(only) {
  if (!loops) return replay({ corpus, folder: corpus, only, parallel: 8, command: ['apiserver', '--secure-port', '0'] });
  return replay({ corpus, folder: loops, only, parallel: 24, command: ['up', '--port', '0', '--nodes', '0', '--controllers', '*,-node-lifecycle-controller'], prepare: addNodes });
}

/** The replayer prints what differs in three lines. */
function failureOf(id) {
  const first = lines.findIndex((line) => line.startsWith(`FAIL ${id} `));
  return first < 0 ? [] : lines.slice(first, first + 3);
}
