import type { KubeObject } from '../../machinery/object-meta.ts';
import { findStatusError, type Status } from '../../machinery/status-error.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission-plugin.ts';

export interface RecordedWrite extends AdmissionRequest {
  readonly warnings: string[];
  readonly annotations: Record<string, string>;
}

/** A write as admission sees it, by default the creation of a pod named `p` in the namespace `x` by alice; notes what plugins say of it. */
export function write(partial: Partial<AdmissionRequest> = {}): RecordedWrite {
  const warnings: string[] = [];
  const annotations: Record<string, string> = {};
  return {
    operation: 'CREATE',
    user: { name: 'alice', groups: ['system:authenticated'] },
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subresource: '',
    namespace: 'x',
    name: partial.object?.metadata.name ?? 'p',
    dryRun: false,
    options: {},
    warn: (text) => warnings.push(text),
    annotate: (key, value) => (annotations[key] = value),
    ...partial,
    warnings,
    annotations,
  };
}

export function podWrite(spec: object, partial: Partial<AdmissionRequest> = {}): RecordedWrite & { readonly object: KubeObject } {
  const object = pod(spec);
  return { ...write({ object, ...partial }), object: partial.object ?? object };
}

export function pod(spec: object, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'x', ...metadata }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } };
}

/** Runs the plugin as the chain does; the Status of its refusal, undefined when it lets the write pass. */
export async function refusal(plugin: AdmissionPlugin, request: AdmissionRequest): Promise<Status | undefined> {
  if (!plugin.handles(request.operation)) return undefined;
  try {
    await plugin.admit?.(request);
    await plugin.validate?.(request);
    return undefined;
  } catch (error) {
    const status = findStatusError(error)?.status;
    if (status === undefined) throw error;
    return status;
  }
}

/** The refusal's message without what every refusal of the pod `p` begins with. */
export async function podRefusal(plugin: AdmissionPlugin, request: AdmissionRequest): Promise<string | undefined> {
  return (await refusal(plugin, request))?.message?.replace('pods "p" is forbidden: ', '');
}

/** A write of another resource than pods. */
export function writeOf(group: string, resource: string, object: KubeObject, partial: Partial<AdmissionRequest> = {}): RecordedWrite & { readonly object: KubeObject } {
  return { ...write({ resource: { group, version: 'v1', resource }, object, ...partial }), object };
}

/** The spec that the plugin makes of the request's object; fails for a plugin that refuses. */
export async function specAfter(plugin: AdmissionPlugin, request: AdmissionRequest & { readonly object: KubeObject }): Promise<unknown> {
  const status = await refusal(plugin, request);
  if (status !== undefined) throw new Error(`refused: ${status.message ?? ''}`);
  return request.object['spec'];
}
