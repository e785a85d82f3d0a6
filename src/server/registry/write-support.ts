import type { FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { internalError, invalid, serviceUnavailable, StatusError, timeout } from '../../machinery/status-error.ts';
import { ReadOnlyError, UnavailableError, UncertainError } from '../../store/errors.ts';
import type { CommitResult, Operation, Store, Transaction } from '../../store/store.ts';
import type { AdmissionOperation, AdmissionRequest } from '../admission/admission-plugin.ts';
import { encodeStored } from '../objects/stored-object.ts';
import type { ApiCall } from './api-call.ts';
import type { ResourceStorage } from './resource-type.ts';
import { WrittenObject } from './served-object.ts';

/** Longest that one write goes on trying against other writers of the same object. */
export const MAX_WRITE_ATTEMPTS = 1000;

/** Commits, with the store's failures worded for clients in this one place. */
export async function commit(store: Store, transaction: Transaction): Promise<CommitResult> {
  try {
    return await store.commit(transaction);
  } catch (error) {
    throw storeFailure(error);
  }
}

export function storeFailure(error: unknown): unknown {
  if (error instanceof StatusError) return error;
  if (error instanceof ReadOnlyError) return serviceUnavailable(`the store takes no more writes: ${error.message}`);
  if (error instanceof UnavailableError) return serviceUnavailable(`the store cannot be reached: ${error.message}`);
  if (error instanceof UncertainError) return timeout(`request did not complete within the allotted time: ${error.message}`);
  return error;
}

/** Thrown away by embedded engines when a put would change nothing: the caller then answers with what is stored. */
export function putOperation(storage: ResourceStorage, key: string, value: Uint8Array): Operation {
  const put = { type: 'put' as const, key: storage.prefix + key, value };
  return storage.ttlSeconds === undefined ? put : { ...put, ttlSeconds: storage.ttlSeconds };
}

export function encodeFor(storage: ResourceStorage, object: KubeObject): Buffer {
  return encodeStored(object, storage.tagVersion ? object.apiVersion : undefined);
}

export function written(storage: ResourceStorage, value: Uint8Array, revision: number): WrittenObject {
  return new WrittenObject(storage, value, revision);
}

/** Throws Invalid, named as Kubernetes names the object in messages, when there are findings. */
export function rejectFindings(storage: ResourceStorage, name: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: storage.group, kind: storage.kind }, name, errors);
}

/** Refusal texts carry the name; a generated name is shown only once it is made. */
export function admissionRequest(
  call: ApiCall,
  operation: AdmissionOperation,
  parts: { readonly name: string; readonly object?: KubeObject; readonly oldObject?: KubeObject; readonly dryRun: boolean; readonly options: Readonly<Record<string, unknown>> },
): AdmissionRequest {
  const { type, info, user } = call;
  return {
    operation,
    user,
    kind: { group: type.group, version: type.version, kind: type.kind },
    resource: { group: type.group, version: type.version, resource: type.resource },
    subresource: info.subresource,
    namespace: info.namespace,
    name: parts.name,
    ...(parts.object && { object: parts.object }),
    ...(parts.oldObject && { oldObject: parts.oldObject }),
    dryRun: parts.dryRun,
    options: parts.options,
    warn: (text) => call.warn(text),
    annotate: (key, value) => call.annotate(key, value),
  };
}

export function contention(name: string): StatusError {
  return internalError(`too many conflicting writes to ${JSON.stringify(name)}; please try again`);
}
