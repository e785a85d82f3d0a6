import { DataFolderInUseError } from '../store/errors.ts';
import { UsageError, type CommandContext } from './command.ts';

/** A command of `steersman`; each is loaded when it is called. */
interface Command {
  readonly summary: string;
  load(): Promise<{ run(args: readonly string[], context: CommandContext): Promise<number> }>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  up: { summary: 'start a cluster in this process', load: () => import('./up.ts') },
  apiserver: { summary: 'start the API server alone', load: () => import('./apiserver.ts') },
  'controller-manager': { summary: 'start the control loops alone, against any Kubernetes API', load: () => import('./controller-manager.ts') },
  scheduler: { summary: 'start the scheduler alone, against any Kubernetes API', load: () => import('./scheduler.ts') },
  why: { summary: 'say why a pod is where it is, or nowhere', load: () => import('./why.ts') },
  node: { summary: 'start simulated nodes alone, against any Kubernetes API', load: () => import('./node.ts') },
  cel: { summary: 'evaluate, check or price a CEL expression', load: () => import('./cel-command.ts') },
  version: { summary: 'print the version', load: () => import('./version-command.ts') },
};

/** Runs the command line; the answer is the process's exit code. */
export async function main(args: readonly string[], context: CommandContext): Promise<number> {
  const [name = 'help', ...rest] = args;
  if (name === 'help' || name === '--help' || name === '-h') {
    context.stdout.write(usage());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    context.stderr.write(`steersman: unknown command ${JSON.stringify(name)}: see "steersman help"\n`);
    return 2;
  }
  try {
    const loaded = await command.load();
    return await loaded.run(rest, context);
  } catch (error) {
    context.stderr.write(`steersman: ${explain(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((n) => n.length));
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Steersman: Kubernetes, extensible end to end, in TypeScript.\n\nusage: steersman COMMAND [FLAGS]\n\n${lines.join('\n')}\n\n"steersman COMMAND --help" lists a command's flags.\n`;
}

/** What went wrong at the start, in one line that says what to do. */
function explain(error: unknown): string {
  if (error instanceof DataFolderInUseError) return `${error.message}: stop that process, or choose another folder with --data-dir`;
  if (!(error instanceof Error)) return String(error);
  const { code, path, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use on ${address}: choose another with --port (or --secure-port)`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${address}: choose another with --bind-address`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return port === undefined ? `${path} cannot be written: choose another folder with --data-dir` : `port ${port} may not be opened: choose one above 1023 with --port`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path} is not a folder: choose another with --data-dir`;
    case 'ENOSPC':
      return 'the disk is full: make room, or choose another folder with --data-dir';
    default:
      return error.message;
  }
}
