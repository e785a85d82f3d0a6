import { spawn } from 'node:child_process';

export interface ClientResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; -1 when a signal ended the process. */
  readonly code: number;
}

export interface ClientOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** After this the process is killed and the call fails. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a program with an environment of its own: nothing of the caller's but what `options.env` says. */
export function runClient(file: string, args: readonly string[], options: ClientOptions = {}): Promise<ClientResult> {
  return startClient(file, args, options).done;
}

/** A program under way: what it wrote so far, and its end. */
export interface RunningClient {
  readonly done: Promise<ClientResult>;
  /** Resolves as soon as what it wrote to stdout matches; rejects when it ends first. */
  printed(pattern: RegExp): Promise<string>;
  stop(signal?: NodeJS.Signals): void;
}

export function startClient(file: string, args: readonly string[], options: ClientOptions = {}): RunningClient {
  const child = spawn(file, args, { env: { PATH: '/usr/bin:/bin', ...options.env }, ...(options.cwd !== undefined && { cwd: options.cwd }), stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      if (output[name].length > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
      for (const listener of listeners) listener();
    });
  }
  // A program that ends before it has read its input closes the pipe; its exit code tells the story.
  child.stdin.on('error', () => undefined).end(options.stdin ?? '');
  const done = new Promise<ClientResult>((resolve, reject) => {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${file} ${args.join(' ')} did not end in ${timeoutMs} ms\n${output.stdout}\n${output.stderr}`));
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ...output, code: code ?? -1 });
    });
  });
  return {
    done,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!pattern.test(output.stdout)) return;
          listeners.delete(check);
          resolve(output.stdout);
        };
        listeners.add(check);
        check();
        done.then(
          ({ code }) => reject(new Error(`ended with ${code} before it printed ${String(pattern)}\n${output.stdout}\n${output.stderr}`)),
          (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
        );
      }),
    stop: (signal = 'SIGTERM') => void child.kill(signal),
  };
}
