import type { ChildServer } from './child-server.ts';
import type { Measurement } from './measurement.ts';
import type { BenchOptions } from './options.ts';
import type { SteersmanOptions, SteersmanServer } from './steersman-server.ts';

/** The two servers that are measured, each with nothing in it but what the part puts there. */
export interface Pair {
  readonly ours: SteersmanServer;
  readonly bare: ChildServer;
}

export interface PartContext {
  readonly options: BenchOptions;
  /** Starts both servers for `use`, and stops them whatever comes of it. */
  withServers<T>(options: SteersmanOptions, use: (pair: Pair) => Promise<T>): Promise<T>;
}

/** One part of the bench: what `npm run bench -- NAME` runs. */
export type Part = (context: PartContext) => Promise<readonly Measurement[]>;
