import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDurationMs } from '../machinery/duration.ts';
import type { ControllersOptions } from '../sdk/controllers/start-controllers.ts';
import { flagText, UsageError, type CommandContext, type Flag, type FlagValues } from './command.ts';

/** What control loops sign with, as kube-controller-manager names the files. */
export const SIGNING_FLAGS: readonly Flag[] = [
  { name: 'cluster-signing-cert-file', type: 'string', value: 'FILE', help: 'certificate of the authority that signs requests for certificates (default: nobody does)' },
  { name: 'cluster-signing-key-file', type: 'string', value: 'FILE', help: "that authority's private key" },
  { name: 'cluster-signing-duration', type: 'string', value: 'DURATION', help: 'the longest that such certificates last', default: '8760h' },
  { name: 'service-account-private-key-file', type: 'string', value: 'FILE', help: 'key that signs the tokens of Secrets that ask for one (default: nobody does)' },
];

/** Throws UsageError for files that cannot be read, and for half a pair. */
export function signingOptions(values: FlagValues, { cwd }: CommandContext): Pick<ControllersOptions, 'clusterSigning' | 'serviceAccountKey'> {
  const read = (name: string): string | undefined => {
    const file = flagText(values, name);
    if (file === undefined) return undefined;
    try {
      return readFileSync(resolve(cwd, file), 'utf8');
    } catch (error) {
      throw new UsageError(`--${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  };
  const [cert, key, serviceAccountKey] = [read('cluster-signing-cert-file'), read('cluster-signing-key-file'), read('service-account-private-key-file')];
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cluster-signing-cert-file and --cluster-signing-key-file go together');
  return {
    ...(cert !== undefined && key !== undefined && { clusterSigning: { cert, key, durationMs: durationOf(values) } }),
    ...(serviceAccountKey !== undefined && { serviceAccountKey }),
  };
}

function durationOf(values: FlagValues): number {
  const text = flagText(values, 'cluster-signing-duration') ?? '';
  try {
    const ms = parseDurationMs(text);
    if (ms > 0) return ms;
  } catch {
    // Told below.
  }
  throw new UsageError(`--cluster-signing-duration takes a duration above zero, such as 8760h, not ${JSON.stringify(text)}`);
}
