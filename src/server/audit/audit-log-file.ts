import { closeSync, fstatSync, openSync, readdirSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Clock } from '../../machinery/clock.ts';
import { stringifyJson } from '../../machinery/parse-json.ts';
import type { AuditEvent, AuditSink } from './audit-event.ts';

export interface AuditLogFileOptions {
  readonly path: string;
  /** `--audit-log-maxsize`, in megabytes. 0 means 100. */
  readonly maxSizeMb?: number;
  /** `--audit-log-maxbackup`: how many old files are kept. 0 keeps all. */
  readonly maxBackups?: number;
  /** `--audit-log-maxage`, in days. 0 keeps all. */
  readonly maxAgeDays?: number;
  readonly clock: Clock;
  /** Told once of each kind of failure to write. */
  readonly onError: (error: Error) => void;
}

const MEGABYTE = 1024 * 1024;
const DEFAULT_MAX_MB = 100;
const DAY_MS = 86_400_000;

/**
 * Events in a file, a line of JSON each, written before the request goes on, as kube-apiserver's log backend does. A file
 * that has become too large is renamed by its time, `audit-2026-01-02T03-04-05.678.log`, and a new one is begun.
 */
export class AuditLogFile implements AuditSink {
  readonly #options: AuditLogFileOptions;
  readonly #maxBytes: number;
  readonly #reported = new Set<string>();
  #file: number | undefined;
  #size = 0;

  constructor(options: AuditLogFileOptions) {
    this.#options = options;
    this.#maxBytes = (options.maxSizeMb || DEFAULT_MAX_MB) * MEGABYTE;
  }

  write(event: AuditEvent): void {
    const line = Buffer.from(`${stringifyJson(event)}\n`);
    try {
      this.#open();
      if (this.#size > 0 && this.#size + line.byteLength > this.#maxBytes) this.#rotate();
      writeSync(this.#open(), line);
      this.#size += line.byteLength;
    } catch (error) {
      this.#report(error as NodeJS.ErrnoException);
    }
  }

  close(): Promise<void> {
    this.#close();
    return Promise.resolve();
  }

  #open(): number {
    if (this.#file !== undefined) return this.#file;
    this.#file = openSync(this.#options.path, 'a', 0o600);
    this.#size = fstatSync(this.#file).size;
    return this.#file;
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #rotate(): void {
    const { path, clock } = this.#options;
    this.#close();
    const time = new Date(clock.now()).toISOString().slice(0, -1).replaceAll(':', '-');
    const extension = extname(path);
    renameSync(path, join(dirname(path), `${basename(path, extension)}-${time}${extension}`));
    this.#removeOld();
  }

  /** Names sort by time. */
  #removeOld(): void {
    const { path, clock, maxBackups = 0, maxAgeDays = 0 } = this.#options;
    const extension = extname(path);
    const prefix = `${basename(path, extension)}-`;
    const backups = readdirSync(dirname(path))
      .filter((name) => name.startsWith(prefix) && name.endsWith(extension) && /^\d{4}-\d\d-\d\dT/.test(name.slice(prefix.length)))
      .toSorted()
      .toReversed()
      .map((name) => join(dirname(path), name));
    backups.forEach((backup, i) => {
      const isOld = maxAgeDays > 0 && statSync(backup).mtimeMs < clock.now() - maxAgeDays * DAY_MS;
      if (isOld || (maxBackups > 0 && i >= maxBackups)) unlinkSync(backup);
    });
  }

  #report(error: NodeJS.ErrnoException): void {
    const kind = error.code ?? error.message;
    if (this.#reported.has(kind)) return;
    this.#reported.add(kind);
    this.#options.onError(error);
  }
}

/** Events as lines to something else: `--audit-log-path=-` means standard output. */
export function auditLogStream(write: (line: string) => void): AuditSink {
  return { write: (event) => write(`${stringifyJson(event)}\n`) };
}
