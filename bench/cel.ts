// Compiling and evaluating rules as custom resources have them: our engine beside the two of the npm registry.
// usage: node bench/cel.ts [--rounds 7]
import { parseArgs } from 'node:util';
import { evaluate as slowEvaluate, parse as slowParse } from 'cel-js';
import { Environment } from '@marcbachmann/cel-js';
import { CelEnvironment } from '../src/sdk/cel/index.ts';
import { median } from './measurement.ts';
import { machine } from './report.ts';

const SELF = { replicas: 3, name: 'abc', hosts: ['a.example.com', 'b.example.com', 'c.example.com'] };
const SCHEMA = {
  type: 'object',
  properties: { replicas: { type: 'integer' }, name: { type: 'string', maxLength: 63 }, hosts: { type: 'array', maxItems: 16, items: { type: 'string', maxLength: 253 } } },
};
const EXPRESSIONS = ["self.replicas >= 1 && self.name.startsWith('a')", 'self.replicas > 0 && self.replicas < 100', "self.hosts.all(h, h.endsWith('.example.com'))"];
/** How long one round goes on. */
const ROUND_MS = 200;

interface Engine {
  readonly name: string;
  /** Throws when the engine cannot do it. */
  compile(text: string): () => unknown;
}

const environment = new CelEnvironment({ variables: { self: SCHEMA } });
const typed = new Environment().registerVariable('self', 'map');

const ENGINES: readonly Engine[] = [
  {
    name: 'steersman/cel',
    compile: (text) => {
      const expression = environment.compile(text);
      return () => expression.test({ self: SELF });
    },
  },
  {
    name: '@marcbachmann/cel-js',
    compile: (text) => {
      const run = typed.parse(text);
      const self = { ...SELF, replicas: BigInt(SELF.replicas) };
      return () => run({ self });
    },
  },
  {
    name: 'cel-js',
    compile: (text) => {
      const parsed = slowParse(text);
      if (!parsed.isSuccess) throw new Error(parsed.errors.join('; '));
      return () => slowEvaluate(parsed.cst, { self: SELF });
    },
  },
];

function main(): void {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  process.stdout.write(`${machine()}; medians of ${rounds} rounds, in microseconds\n\n| expression | engine | compile | evaluate |\n|---|---|---:|---:|\n`);
  for (const text of EXPRESSIONS) {
    for (const engine of ENGINES) {
      const row = (...cells: string[]): void => void process.stdout.write(`| \`${text.replaceAll('|', '\\|')}\` | ${engine.name} | ${cells.join(' | ')} |\n`);
      try {
        const run = engine.compile(text);
        const answer = run();
        if (answer !== true) throw new Error(`answers ${String(answer)}`);
        row(...[() => engine.compile(text), run].map((work) => microseconds(work, rounds).toFixed(2)));
      } catch (error) {
        row('', `cannot: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
      }
    }
  }
}

/** Per call, warm. */
function microseconds(work: () => unknown, rounds: number): number {
  const round = (): number => {
    const untilMs = performance.now() + ROUND_MS;
    const startedMs = performance.now();
    let calls = 0;
    for (; performance.now() < untilMs; calls += 100) for (let i = 0; i < 100; i++) work();
    return ((performance.now() - startedMs) * 1000) / calls;
  };
  round();
  return median(Array.from({ length: rounds }, round));
}

main();
