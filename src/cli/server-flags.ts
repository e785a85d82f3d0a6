import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AuditSettings } from '../server/audit/auditor.ts';
import type { FlowControlOptions } from '../sdk/cluster/access.ts';
import { booleanFlag, flagDurationMs, flagList, flagNumber, flagText, UsageError, type CommandContext, type Flag, type FlagValues } from './command.ts';
import { AUDIT_FLAGS, auditSettings } from './audit-flags.ts';
import { accessWebhooks, WEBHOOK_FLAGS, type AccessWebhooks } from './webhook-flags.ts';

/** Flags of the API server, shared by `up` and `apiserver`; those that kube-apiserver has mean what they mean there. */
export const SERVER_FLAGS: readonly Flag[] = [
  { name: 'data-dir', type: 'string', value: 'FOLDER', help: 'where the store, the certificates and the kubeconfig are kept', default: '.steersman' },
  { name: 'storage', type: 'string', value: 'ENGINE', help: 'lmdb (durable), memory, or etcd', default: 'lmdb' },
  { name: 'etcd-servers', type: 'string', multiple: true, value: 'URLS', help: 'addresses of an etcd cluster; implies --storage etcd' },
  { name: 'etcd-prefix', type: 'string', value: 'PREFIX', help: 'what all keys in etcd begin with' },
  { name: 'etcd-cafile', type: 'string', value: 'FILE', help: 'CA of the etcd servers' },
  { name: 'etcd-certfile', type: 'string', value: 'FILE', help: 'client certificate for etcd' },
  { name: 'etcd-keyfile', type: 'string', value: 'FILE', help: "its private key" },
  { name: 'bind-address', type: 'string', value: 'ADDRESS', help: 'address to listen on', default: '127.0.0.1' },
  { name: 'token-auth-file', type: 'string', value: 'FILE', help: 'static tokens: lines of token,user,uid,"group1,group2"' },
  { name: 'client-ca-file', type: 'string', value: 'FILE', help: "CA of client certificates (default: the cluster's own)" },
  { name: 'tls-cert-file', type: 'string', value: 'FILE', help: 'serving certificate (default: made on the first start)' },
  { name: 'tls-private-key-file', type: 'string', value: 'FILE', help: 'its private key' },
  { name: 'authorization-mode', type: 'string', multiple: true, value: 'MODES', help: 'of Node, RBAC, Webhook, AlwaysAllow, AlwaysDeny', default: 'Node,RBAC' },
  ...WEBHOOK_FLAGS,
  ...AUDIT_FLAGS,
  { name: 'service-cluster-ip-range', type: 'string', value: 'CIDR', help: 'addresses of services', default: '10.96.0.0/16' },
  { name: 'enable-priority-and-fairness', type: 'string', value: 'BOOL', help: 'whether requests wait for their turn by flow schemas and priority levels', default: 'true' },
  { name: 'max-requests-inflight', type: 'string', value: 'N', help: 'requests at once that read', default: '400' },
  { name: 'max-mutating-requests-inflight', type: 'string', value: 'N', help: 'requests at once that write; with the former, the seats of all priority levels', default: '200' },
  { name: 'request-timeout', type: 'string', value: 'DURATION', help: 'how long a request may take, but for watches and connections', default: '1m0s' },
  { name: 'enable-admission-plugins', type: 'string', multiple: true, value: 'NAMES', help: 'admission plugins on top of the default ones' },
  { name: 'disable-admission-plugins', type: 'string', multiple: true, value: 'NAMES', help: 'default admission plugins to leave out' },
];

export type StorageEngine = 'lmdb' | 'memory' | 'etcd';

/** The flags, checked and resolved. */
export interface ServerSettings {
  readonly dataFolder: string;
  readonly storage: StorageEngine;
  readonly etcd?: { readonly endpoints: readonly string[]; readonly prefix?: string; readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly host: string;
  readonly port: number;
  readonly tokenFile?: string;
  readonly clientCa?: string;
  readonly serving?: { readonly cert: string; readonly key: string };
  /** Reads the files about access. Rejects with UsageError. */
  readonly access: () => Promise<AccessWebhooks>;
  /** Reads the files about what is recorded. Rejects with UsageError. */
  readonly audit: () => Promise<AuditSettings | undefined>;
  readonly serviceClusterIpRange: string;
  readonly flowControl: FlowControlOptions;
  readonly enabledAdmission: readonly string[];
  readonly disabledAdmission: readonly string[];
}

/** Reads the files that flags name. Throws UsageError with what is wrong and with which flag. */
export function serverSettings(values: FlagValues, portFlag: string, context: CommandContext): ServerSettings {
  const endpoints = flagList(values, 'etcd-servers');
  const storage = endpoints.length > 0 ? 'etcd' : flagText(values, 'storage');
  if (storage !== 'lmdb' && storage !== 'memory' && storage !== 'etcd') throw new UsageError(`--storage takes lmdb, memory or etcd, not ${JSON.stringify(storage)}`);
  if (storage === 'etcd' && endpoints.length === 0) throw new UsageError('--storage etcd needs --etcd-servers');
  const file = (flag: string): string | undefined => readFlagFile(flagText(values, flag), flag, context);
  const tokenFile = file('token-auth-file');
  const clientCa = file('client-ca-file');
  const cert = file('tls-cert-file');
  const key = file('tls-private-key-file');
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--tls-cert-file and --tls-private-key-file go together');
  const dataDir = flagText(values, 'data-dir') ?? '.steersman';
  return {
    dataFolder: resolve(context.cwd, dataDir.startsWith('~/') ? join(context.env['HOME'] ?? '', dataDir.slice(2)) : dataDir),
    storage,
    ...(storage === 'etcd' && { etcd: etcdSettings(values, endpoints, file) }),
    host: flagText(values, 'bind-address') ?? '127.0.0.1',
    port: flagNumber(values, portFlag, { min: 0, max: 65_535 }) ?? 6443,
    ...(tokenFile !== undefined && { tokenFile }),
    ...(clientCa !== undefined && { clientCa }),
    ...(cert !== undefined && key !== undefined && { serving: { cert, key } }),
    access: () => accessWebhooks(values, context),
    audit: () => auditSettings(values, context),
    serviceClusterIpRange: flagText(values, 'service-cluster-ip-range') ?? '10.96.0.0/16',
    flowControl: flowControl(values),
    enabledAdmission: flagList(values, 'enable-admission-plugins'),
    disabledAdmission: flagList(values, 'disable-admission-plugins'),
  };
}

function flowControl(values: FlagValues): FlowControlOptions {
  const count = (flag: string): number => flagNumber(values, flag, { min: 0, max: 1e6 }) ?? 0;
  return {
    priorityAndFairness: booleanFlag(values, 'enable-priority-and-fairness'),
    maxRequestsInFlight: count('max-requests-inflight'),
    maxMutatingRequestsInFlight: count('max-mutating-requests-inflight'),
    requestTimeoutMs: flagDurationMs(values, 'request-timeout', { minMs: 1 }),
  };
}

function etcdSettings(values: FlagValues, endpoints: readonly string[], file: (flag: string) => string | undefined): NonNullable<ServerSettings['etcd']> {
  const prefix = flagText(values, 'etcd-prefix');
  const ca = file('etcd-cafile');
  const cert = file('etcd-certfile');
  const key = file('etcd-keyfile');
  return { endpoints, ...(prefix !== undefined && { prefix }), ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

function readFlagFile(path: string | undefined, flag: string, context: CommandContext): string | undefined {
  if (path === undefined || path === '') return undefined;
  try {
    return readFileSync(resolve(context.cwd, path), 'utf8');
  } catch (error) {
    throw new UsageError(`--${flag}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
