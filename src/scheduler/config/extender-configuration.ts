import { fieldInvalid } from '../../machinery/field-error.ts';
import type { FieldReader } from './field-reader.ts';

/** An extender that is reached over HTTP, as a configuration file describes it. */
export interface ExtenderConfiguration {
  readonly urlPrefix: string;
  /** Appended to the prefix; absent: the extender has no say in that. */
  readonly filterVerb?: string | undefined;
  readonly prioritizeVerb?: string | undefined;
  readonly preemptVerb?: string | undefined;
  readonly bindVerb?: string | undefined;
  readonly weight: number;
  readonly enableHttps: boolean;
  readonly tls: ExtenderTls;
  readonly timeoutMs: number;
  /** It knows the nodes itself: names are enough. */
  readonly nodeCacheCapable: boolean;
  readonly managedResources: readonly ManagedResource[];
  /** Pods are scheduled without it when it cannot be reached. */
  readonly ignorable: boolean;
}

export interface ManagedResource {
  readonly name: string;
  readonly ignoredByScheduler: boolean;
}

/** Files or their contents (base64); contents go first. */
export interface ExtenderTls {
  readonly insecure?: boolean | undefined;
  readonly serverName?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly certData?: string | undefined;
  readonly keyData?: string | undefined;
  readonly caData?: string | undefined;
}

const DEFAULT_TIMEOUT_MS = 5000;

export function readExtender(reader: FieldReader): ExtenderConfiguration {
  const verb = (name: string): string | undefined => reader.text(name) || undefined;
  const prioritizeVerb = verb('prioritizeVerb');
  const weight = reader.integer('weight') ?? 1;
  if (prioritizeVerb !== undefined && weight <= 0) reader.report(fieldInvalid(reader.path.child('weight'), weight, 'must have a positive weight applied to it'));
  return {
    urlPrefix: reader.required('urlPrefix', reader.text('urlPrefix')) ?? '',
    filterVerb: verb('filterVerb'),
    prioritizeVerb,
    preemptVerb: verb('preemptVerb'),
    bindVerb: verb('bindVerb'),
    weight,
    enableHttps: reader.flag('enableHTTPS') ?? false,
    tls: reader.object('tlsConfig', readTls) ?? {},
    timeoutMs: reader.durationMs('httpTimeout') ?? DEFAULT_TIMEOUT_MS,
    nodeCacheCapable: reader.flag('nodeCacheCapable') ?? false,
    managedResources: reader.list('managedResources', (resource) => ({ name: resource.required('name', resource.text('name')) ?? '', ignoredByScheduler: resource.flag('ignoredByScheduler') ?? false })) ?? [],
    ignorable: reader.flag('ignorable') ?? false,
  };
}

function readTls(reader: FieldReader): ExtenderTls {
  return {
    insecure: reader.flag('insecure'),
    serverName: reader.text('serverName'),
    certFile: reader.text('certFile'),
    keyFile: reader.text('keyFile'),
    caFile: reader.text('caFile'),
    certData: reader.text('certData'),
    keyData: reader.text('keyData'),
    caData: reader.text('caData'),
  };
}
