import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../machinery/clock.ts';
import type { AuditSink } from '../server/audit/audit-event.ts';
import type { AuditSettings } from '../server/audit/auditor.ts';
import { flagDurationMs, flagNumber, flagText, UsageError, type CommandContext, type Flag, type FlagValues } from './command.ts';
import { readTarget } from './webhook-flags.ts';

/** kube-apiserver's flags for recording what is asked of it. */
export const AUDIT_FLAGS: readonly Flag[] = [
  { name: 'audit-policy-file', type: 'string', value: 'FILE', help: 'what is recorded of which requests; without it nothing is' },
  { name: 'audit-log-path', type: 'string', value: 'FILE', help: 'where events are written, a line of JSON each; - is standard output' },
  { name: 'audit-log-maxsize', type: 'string', value: 'MB', help: 'size at which a new file is begun; 0 means 100', default: '0' },
  { name: 'audit-log-maxbackup', type: 'string', value: 'N', help: 'how many old files are kept; 0 keeps all', default: '0' },
  { name: 'audit-log-maxage', type: 'string', value: 'DAYS', help: 'how long old files are kept; 0 keeps all', default: '0' },
  { name: 'audit-webhook-config-file', type: 'string', value: 'FILE', help: 'kubeconfig of a webhook that takes events' },
  { name: 'audit-webhook-batch-max-size', type: 'string', value: 'N', help: 'events in a batch', default: '400' },
  { name: 'audit-webhook-batch-max-wait', type: 'string', value: 'DURATION', help: 'how long a batch waits to be full', default: '30s' },
  { name: 'audit-webhook-batch-buffer-size', type: 'string', value: 'N', help: 'events that may wait; more are dropped', default: '10000' },
  { name: 'audit-webhook-initial-backoff', type: 'string', value: 'DURATION', help: 'how long to wait before a batch is sent again', default: '10s' },
];

const MAX = 1e9;

/** What is to be recorded, and where; undefined without a policy. The caller closes the sinks. Throws UsageError. */
export async function auditSettings(values: FlagValues, context: CommandContext): Promise<AuditSettings | undefined> {
  const file = flagText(values, 'audit-policy-file') ?? '';
  if (file === '') return undefined;
  const { AuditPolicyError, readAuditPolicy } = await import('../server/audit/audit-policy.ts');
  const { parseYaml } = await import('../machinery/parse-yaml.ts');
  try {
    const policy = readAuditPolicy(parseYaml(readFileSync(resolve(context.cwd, file), 'utf8')).value);
    return { policy, sinks: await sinksOf(values, context) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof AuditPolicyError || (error as NodeJS.ErrnoException).code !== undefined || (error as Error).name === 'YamlError') throw new UsageError(`--audit-policy-file: ${(error as Error).message}`);
    throw error;
  }
}

async function sinksOf(values: FlagValues, context: CommandContext): Promise<AuditSink[]> {
  const sinks: AuditSink[] = [];
  const path = flagText(values, 'audit-log-path') ?? '';
  if (path !== '') sinks.push(await logSink(path, values, context));
  const webhook = flagText(values, 'audit-webhook-config-file') ?? '';
  if (webhook !== '') sinks.push(await webhookSink(webhook, values, context));
  return sinks;
}

async function logSink(path: string, values: FlagValues, { cwd, stdout, stderr }: CommandContext): Promise<AuditSink> {
  const { AuditLogFile, auditLogStream } = await import('../server/audit/audit-log-file.ts');
  if (path === '-') return auditLogStream((line) => stdout.write(line));
  return new AuditLogFile({
    path: resolve(cwd, path),
    maxSizeMb: count(values, 'audit-log-maxsize'),
    maxBackups: count(values, 'audit-log-maxbackup'),
    maxAgeDays: count(values, 'audit-log-maxage'),
    clock: systemClock,
    onError: (error) => stderr.write(`audit events cannot be written: ${error.message}\n`),
  });
}

async function webhookSink(file: string, values: FlagValues, context: CommandContext): Promise<AuditSink> {
  const { AuditWebhook } = await import('../extensions/webhooks/audit/audit-webhook.ts');
  const { LazyWebhookClient } = await import('../extensions/webhooks/client/lazy-webhook-client.ts');
  const noServices = { resolve: () => Promise.reject(new Error('audit webhooks are reached by their URL')) };
  return new AuditWebhook({
    target: await readTarget(file, 'audit-webhook-config-file', context),
    batchSize: flagNumber(values, 'audit-webhook-batch-max-size', { min: 1, max: MAX }) ?? 400,
    bufferSize: flagNumber(values, 'audit-webhook-batch-buffer-size', { min: 1, max: MAX }) ?? 10_000,
    maxWaitMs: flagDurationMs(values, 'audit-webhook-batch-max-wait'),
    initialBackoffMs: flagDurationMs(values, 'audit-webhook-initial-backoff'),
    client: new LazyWebhookClient({ clock: systemClock, resolver: noServices }),
    clock: systemClock,
    onError: (error) => context.stderr.write(`${error.message}\n`),
  });
}

function count(values: FlagValues, flag: string): number {
  return flagNumber(values, flag, { min: 0, max: MAX }) ?? 0;
}
