import type { Facts } from '../../api/facts/facts.ts';
import { bindingConflict, bindPod, validateBinding } from '../../api/core/pods/binding.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, conflict, failure, formatFieldErrors } from '../../machinery/status-error.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { adoptNamespace } from '../registry/create.ts';
import type { Outcome } from '../registry/outcome.ts';
import { parseWriteOptions, writeOptionsJson } from '../registry/request-options.ts';
import type { ResourceType } from '../registry/resource-type.ts';
import { preconditionFailed } from '../registry/storage-precondition.ts';
import { admissionRequest } from '../registry/write-support.ts';
import { createdStatus } from './created-status.ts';
import { changeStored, readStored, storedType } from './stored-objects.ts';
import { readTypedBody } from './typed-body.ts';

const BINDING = { group: '', version: 'v1', kind: 'Binding' };

/** POST of a Binding to `pods/binding`, or to the collection `bindings`, where its own name is the pod's. */
export async function createBinding(facts: Facts, context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const options = parseWriteOptions('CreateOptions', call.query, false);
  const binding = await readTypedBody(facts, { context, call, options }, { kind: 'Binding', versions: [BINDING] });
  adoptNamespace(call, binding);
  const name = binding.metadata.name ?? '';
  const { dryRun } = options;
  const admission = {
    ...admissionRequest(call, 'CREATE', {
      name: call.info.name === '' ? name : call.info.name,
      object: binding,
      dryRun,
      options: writeOptionsJson(options),
    }),
    kind: BINDING,
  };
  await context.admission.admit(admission);
  if (call.info.name !== '' && name !== call.info.name) throw badRequest('name in URL does not match name in Binding object');
  const findings = validateBinding(binding);
  // Kubernetes gives these findings without a reason, as a failure of its own.
  if (findings.length > 0) throw failure({ code: 500, message: formatFieldErrors(findings) });
  await context.admission.validate(admission);
  await bind(context, call, binding, dryRun);
  return createdStatus();
}

async function bind(context: RegistryContext, call: ApiCall, binding: KubeObject, dryRun: boolean): Promise<void> {
  const pods = storedType(context, '', 'pods');
  const at = { namespace: call.info.namespace, name: binding.metadata.name ?? '' };
  if (dryRun) {
    checkBinding(pods, binding, (await readStored(context, pods.storage, at)) as KubeObject);
    return;
  }
  await changeStored(context, pods.storage, at, (pod) => {
    checkBinding(pods, binding, pod);
    bindPod(pod, binding, context.clock.now());
  });
}

/** A uid or version in the binding is that of the pod it means. */
function checkBinding(pods: ResourceType, binding: KubeObject, pod: KubeObject): void {
  const name = pod.metadata.name ?? '';
  checkPrecondition(pods, { binding, pod, field: 'uid' });
  checkPrecondition(pods, { binding, pod, field: 'resourceVersion' });
  const problem = bindingConflict(pod);
  if (problem !== undefined) throw conflict({ group: '', resource: 'pods/binding' }, name, problem);
}

const LABELS = { uid: 'UID', resourceVersion: 'ResourceVersion' } as const;

function checkPrecondition(pods: ResourceType, { binding, pod, field }: { binding: KubeObject; pod: KubeObject; field: 'uid' | 'resourceVersion' }): void {
  const wanted = binding.metadata[field] ?? '';
  const actual = pod.metadata[field] ?? '';
  if (wanted === '' || wanted === actual) return;
  const { namespace = '', name = '' } = pod.metadata;
  throw preconditionFailed(pods, { namespace, name, field: LABELS[field], wanted, actual });
}
