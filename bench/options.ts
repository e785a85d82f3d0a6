import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Names of parts; empty means all. */
  readonly parts: readonly string[];
  /** How long one burst of load lasts. */
  readonly seconds: number;
  /** How many bursts each figure is the median of. */
  readonly runs: number;
  /** How many objects the part `scale` stores of each kind. */
  readonly objects: number;
  /** Where the table is written as well. */
  readonly markdownFile: string | undefined;
}

export const USAGE = `usage: npm run bench -- [PARTS] [--seconds 5] [--runs 3] [--objects 100000] [--markdown FILE]

Measures the API server beside a bare Node TLS server that does nothing else, each driven by the same load generators.
`;

/** Throws an Error with one line when something is not understood. */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '5' },
      runs: { type: 'string', default: '3' },
      objects: { type: 'string', default: '100000' },
      markdown: { type: 'string' },
    },
  });
  const unknown = positionals.find((part) => !known.includes(part));
  if (unknown !== undefined) throw new Error(`no part is named ${JSON.stringify(unknown)}: there are ${known.join(', ')}`);
  return {
    parts: positionals,
    seconds: positive('seconds', values.seconds),
    runs: positive('runs', values.runs),
    objects: positive('objects', values.objects),
    markdownFile: values.markdown,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} takes a whole number from 1, not ${JSON.stringify(text)}`);
  return number;
}
