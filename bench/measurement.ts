import type { ChildServer } from './child-server.ts';
import type { Burst } from './load-generators.ts';

/** One line of the report. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** The same measured of the bare server; absent where it has nothing alike. */
  readonly bare?: number;
  /** Processor time per request, in microseconds: steadier than the rate where other processes share the machine. */
  readonly cpuUs?: { readonly ours: number; readonly bare: number };
  /** What the line means to reach: a ratio to the bare server, or a bound in the line's own unit. */
  readonly goal?: { readonly ratioAtLeast: number } | { readonly atMost: number };
  readonly note?: string;
}

/** What both servers came to under the same load. */
export type Comparison = Pick<Measurement, 'ours'> & Required<Pick<Measurement, 'bare' | 'cpuUs'>>;

/** Puts load on a server for so many seconds; `run` tells bursts apart. */
export type Load = (server: ChildServer, burst: { readonly seconds: number; readonly run: string }) => Promise<Burst>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

const WARM_UP_SECONDS = 2;

/** Loads both servers in turn, so that what else the machine does falls on both, and takes each one's medians. */
export async function compare(options: { readonly runs: number; readonly seconds: number }, ours: readonly [ChildServer, Load], bare: readonly [ChildServer, Load]): Promise<Comparison> {
  const samples = { ours: [] as Sample[], bare: [] as Sample[] };
  // The first requests run code that is not yet compiled.
  for (const [server, load] of [ours, bare]) await load(server, { seconds: WARM_UP_SECONDS, run: 'warm' });
  for (let run = 0; run < options.runs; run++) {
    samples.ours.push(await sample(...ours, { seconds: options.seconds, run: `run${run}` }));
    samples.bare.push(await sample(...bare, { seconds: options.seconds, run: `run${run}` }));
  }
  return {
    ours: median(samples.ours.map((s) => s.perSecond)),
    bare: median(samples.bare.map((s) => s.perSecond)),
    cpuUs: { ours: median(samples.ours.map((s) => s.cpuUs)), bare: median(samples.bare.map((s) => s.cpuUs)) },
  };
}

interface Sample {
  readonly perSecond: number;
  readonly cpuUs: number;
}

async function sample(server: ChildServer, load: Load, burst: { seconds: number; run: string }): Promise<Sample> {
  const before = server.cpuSeconds();
  const { requests, requestsPerSecond } = await load(server, burst);
  return { perSecond: requestsPerSecond, cpuUs: ((server.cpuSeconds() - before) * 1e6) / requests };
}
