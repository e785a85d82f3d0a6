import { DurationError, parseDuration } from '../machinery/duration.ts';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** Where a command writes, and what it may know of the world. Only src/cli/ reads it. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** One flag: `--name VALUE`, or `--name` alone for a boolean. */
export interface Flag {
  readonly name: string;
  readonly type: 'string' | 'boolean';
  /** May be given several times, or once with commas. */
  readonly multiple?: boolean;
  readonly default?: string;
  /** What stands for the value in the help: `PORT`. */
  readonly value?: string;
  readonly help: string;
}

/** Something the user can mend; shown as one line. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}

export type FlagValues = ReadonlyMap<string, readonly string[]>;

/** Parses flags as Kubernetes' components take them. Throws UsageError for unknown ones and missing values. */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): { values: FlagValues; positionals: readonly string[] } {
  const options: ParseArgsOptionsConfig = {};
  for (const flag of flags) options[flag.name] = { type: flag.type, multiple: flag.type === 'string' };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const found = new Map<string, readonly string[]>();
    for (const flag of flags) {
      const value = values[flag.name];
      if (value === undefined) {
        if (flag.default !== undefined) found.set(flag.name, [flag.default]);
      } else if (Array.isArray(value)) {
        const texts = value.map(String);
        found.set(flag.name, flag.multiple ? texts.flatMap((t) => t.split(',')) : texts.slice(-1));
      } else {
        found.set(flag.name, [String(value)]);
      }
    }
    return { values: found, positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error));
  }
}

export function flagText(values: FlagValues, name: string): string | undefined {
  return values.get(name)?.[0];
}

export function flagList(values: FlagValues, name: string): readonly string[] {
  return values.get(name) ?? [];
}

/** Throws UsageError when the value is no whole number in the range. */
export function flagNumber(values: FlagValues, name: string, range: { min: number; max: number }): number | undefined {
  const text = flagText(values, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < range.min || number > range.max) {
    throw new UsageError(`--${name} takes a whole number from ${range.min} to ${range.max}, not ${JSON.stringify(text)}`);
  }
  return number;
}

/** Milliseconds of a duration such as 1m30s. Throws UsageError when it is none, or less than `minMs`. */
export function flagDurationMs(values: FlagValues, name: string, { minMs = 0 }: { readonly minMs?: number } = {}): number {
  const text = flagText(values, name) ?? '';
  try {
    const ms = Number(parseDuration(text)) / 1e6;
    if (ms >= minMs) return ms;
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
  }
  throw new UsageError(`--${name} takes a duration such as 1m30s, not ${JSON.stringify(text)}`);
}

/** `--name true` or `--name false`. Throws UsageError for anything else. */
export function booleanFlag(values: FlagValues, name: string): boolean {
  const text = flagText(values, name);
  if (text !== 'true' && text !== 'false') throw new UsageError(`--${name} takes true or false, not ${JSON.stringify(text)}`);
  return text === 'true';
}

export function flagHelp(flags: readonly Flag[]): string {
  const heads = flags.map((f) => `--${f.name}${f.type === 'string' ? ` ${f.value ?? 'VALUE'}` : ''}`);
  const width = Math.max(...heads.map((h) => h.length));
  return flags.map((f, i) => `  ${(heads[i] ?? '').padEnd(width)}  ${f.help}${f.default === undefined ? '' : ` (default ${f.default})`}`).join('\n');
}
