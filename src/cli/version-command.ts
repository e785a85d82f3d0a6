import { readFileSync } from 'node:fs';
import { KUBERNETES_VERSION } from '../server/version.ts';
import type { CommandContext } from './command.ts';

export async function run(_args: readonly string[], context: CommandContext): Promise<number> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  context.stdout.write(`steersman ${version} (Kubernetes API v${KUBERNETES_VERSION}, Node.js ${process.version})\n`);
  return 0;
}
