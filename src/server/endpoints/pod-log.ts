import { chooseContainer } from '../../api/core/pods/container-choice.ts';
import type { Pod } from '../../api/core/pods/pod.ts';
import { fieldForbidden, fieldInvalid, FieldPath, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { invalid } from '../../machinery/status-error.ts';
import { bytesResponse } from '../http/api-request.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import type { Outcome } from '../registry/outcome.ts';
import type { NodeConnector } from './node-connector.ts';
import { nodeOfPod } from './pod-node.ts';
import { optionalInt, optionalTime, queryFlag } from './query-options.ts';
import { readStored } from './stored-objects.ts';

/** v1 PodLogOptions. */
interface PodLogOptions {
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly sinceSeconds: bigint | undefined;
  /** RFC 3339 */
  readonly sinceTime: string | undefined;
  readonly timestamps: boolean;
  readonly tailLines: bigint | undefined;
  readonly limitBytes: bigint | undefined;
}

/** GET of `pods/log`: what the pod's node has of a container's output. Empty while the pod has no node. */
export async function readLog(context: RegistryContext, call: ApiCall, connector: NodeConnector): Promise<Outcome> {
  const { name, namespace } = call.info;
  const options = parseLogOptions(call.query);
  const findings = validateLogOptions(options);
  if (findings.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, name, findings);
  const pod = (await readStored(context, call.type.storage, { namespace, name })) as KubeObject;
  const container = chooseContainer(pod, options.container);
  const nodeName = (pod as Pod).spec?.nodeName;
  if (!nodeName) return { type: 'response', response: bytesResponse(204, '') };
  const node = await nodeOfPod(context, nodeName);
  const path = `/containerLogs/${[namespace, name, container].map(encodeURIComponent).join('/')}`;
  const response = await connector.askNode(node, { method: 'GET', path, query: logQuery(options), source: call.request }, '');
  return { type: 'response', response };
}

function parseLogOptions(query: URLSearchParams): PodLogOptions {
  return {
    container: query.get('container') ?? '',
    follow: queryFlag(query, 'follow'),
    previous: queryFlag(query, 'previous'),
    sinceSeconds: optionalInt(query, 'sinceSeconds'),
    sinceTime: optionalTime(query, 'sinceTime'),
    timestamps: queryFlag(query, 'timestamps'),
    tailLines: optionalInt(query, 'tailLines'),
    limitBytes: optionalInt(query, 'limitBytes'),
  };
}

function validateLogOptions({ tailLines, limitBytes, sinceSeconds, sinceTime }: PodLogOptions): FieldError[] {
  const findings: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0n) findings.push(fieldInvalid('tailLines', tailLines, 'must be greater than or equal to 0'));
  if (limitBytes !== undefined && limitBytes < 1n) findings.push(fieldInvalid('limitBytes', limitBytes, 'must be greater than 0'));
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    findings.push(fieldForbidden(FieldPath.root('[]'), 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  } else if (sinceSeconds !== undefined && sinceSeconds < 1n) {
    findings.push(fieldInvalid('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  }
  return findings;
}

/** As node agents take them; the container stands in the path. */
function logQuery(options: PodLogOptions): string {
  const query = new URLSearchParams();
  for (const name of ['follow', 'previous', 'timestamps'] as const) if (options[name]) query.set(name, 'true');
  for (const name of ['sinceSeconds', 'tailLines', 'limitBytes'] as const) {
    const value = options[name];
    if (value !== undefined) query.set(name, String(value));
  }
  if (options.sinceTime !== undefined) query.set('sinceTime', options.sinceTime);
  return query.toString();
}
