import { formatTime } from '../../machinery/clock.ts';
import { cloneJson, isJsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, conflict, notFound, type Status } from '../../machinery/status-error.ts';
import { scopedKey, ruleContext, type ApiCall, type RegistryContext } from './api-call.ts';
import { fromStored } from './conversion.ts';
import { mediaTypeOf, parseBody, MAX_BODY_BYTES } from './decode-body.ts';
import { selectObjects } from './list.ts';
import type { Outcome } from './outcome.ts';
import { parseDeleteOptions, parseListOptions, validateListOptions, type DeleteOptions } from './request-options.ts';
import type { ResourceStorage } from './resource-type.ts';
import { WrittenObject, type ServedObject } from './served-object.ts';
import { vanishes } from './update.ts';
import { NO_BELONGINGS } from './write-companion.ts';
import { admissionRequest, commit, contention, encodeFor, MAX_WRITE_ATTEMPTS, putOperation, written } from './write-support.ts';

const ORPHAN_FINALIZER = 'orphan';
const FOREGROUND_FINALIZER = 'foregroundDeletion';
const JOBS_ORPHAN_WARNING =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

/** DELETE of one object. */
export async function deleteFromRequest(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const options = await readDeleteOptions(call);
  return deleteObject(context, call, call.info.name, options);
}

/** DELETE of a collection: each object by itself, in the order of the list; the answer lists what was there. */
export async function deleteCollection(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const options = await readDeleteOptions(call);
  const listOptions = parseListOptions(call.query);
  validateListOptions(listOptions, false);
  const list = await selectObjects(context, call, listOptions);
  for (const item of list.items) {
    const one: ApiCall = { ...call, info: { ...call.info, namespace: item.namespace, name: item.name }, warn: (t) => call.warn(t), annotate: (k, v) => call.annotate(k, v) };
    try {
      await deleteObject(context, one, item.name, options);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return { type: 'list', list };
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 404;
}

async function readDeleteOptions(call: ApiCall): Promise<DeleteOptions> {
  if (!call.request.hasBody) return parseDeleteOptions(undefined, call.query);
  const bytes = await call.request.readBody(MAX_BODY_BYTES);
  if (bytes.byteLength === 0) return parseDeleteOptions(undefined, call.query);
  const { value } = await parseBody(call, mediaTypeOf(call.request.header('content-type')), bytes, '');
  if (!isJsonObject(value)) throw badRequest(`json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type v1.DeleteOptions`);
  const kind = value['kind'];
  if (kind !== undefined && kind !== 'DeleteOptions') {
    throw badRequest(`decoded object cannot be converted to DeleteOptions`);
  }
  checkTypes(value);
  call.recordRequest?.({ kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...value });
  return parseDeleteOptions(value, call.query);
}

function checkTypes(options: Record<string, unknown>): void {
  const fields: readonly [name: string, type: string, goType: string][] = [
    ['gracePeriodSeconds', 'number', 'int64'],
    ['orphanDependents', 'boolean', 'bool'],
    ['propagationPolicy', 'string', 'v1.DeletionPropagation'],
  ];
  for (const [name, type, goType] of fields) {
    const value = options[name];
    if (value === null) delete options[name];
    else if (value !== undefined && typeof value !== type) {
      throw badRequest(`json: cannot unmarshal ${typeof value === 'boolean' ? 'bool' : Array.isArray(value) ? 'array' : typeof value} into Go struct field DeleteOptions.${name} of type ${goType}`);
    }
  }
}

/**
 * Deletes at once, or marks the object as being deleted when finalizers or a grace period hold it. Deleting again what
 * is already going changes nothing but may shorten its grace period.
 */
export async function deleteObject(context: RegistryContext, call: ApiCall, name: string, options: DeleteOptions): Promise<Outcome> {
  const { storage } = call.type;
  const key = scopedKey(call, name);
  const cache = await context.caches.get(storage);
  if (!context.store.local) await cache.waitForNewest();
  let current: ServedObject | undefined = cache.get(key);
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt++) {
    if (!current) throw notFound(call.type, name);
    const result = await attemptDelete(context, call, { key, name, options }, current);
    if ('outcome' in result) return result.outcome;
    current = result.newer;
  }
  throw contention(name);
}

type Attempt = { readonly outcome: Outcome } | { readonly newer: ServedObject | undefined };

async function attemptDelete(context: RegistryContext, call: ApiCall, target: { key: string; name: string; options: DeleteOptions }, current: ServedObject): Promise<Attempt> {
  const { storage } = call.type;
  const { options, name } = target;
  const old = current.object() as KubeObject;
  checkPreconditions(call, name, options, old);
  const admission = admissionRequest(call, 'DELETE', { name, oldObject: old, dryRun: options.dryRun, options: { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...deleteOptionsJson(options) } });
  await context.admission.admit(admission);
  await context.admission.validate(admission);

  if (storage.group === 'batch' && storage.defaultPropagation === 'Orphan' && options.propagationPolicy === undefined && options.orphanDependents === undefined) {
    call.warn(JOBS_ORPHAN_WARNING);
  }
  const plan = planDeletion(context, call, old, options);
  if (plan.type === 'unchanged') return { outcome: { type: 'stored', status: 200, object: current } };
  const fullKey = storage.prefix + target.key;
  const compares = [{ key: fullKey, modRevision: current.revision }];
  if (plan.type === 'mark') {
    if (options.dryRun) return { outcome: { type: 'object', status: 200, object: await fromStored(call.type, plan.object) } };
    const value = encodeFor(storage, plan.object);
    const result = await commit(context.store, { compares, operations: [putOperation(storage, target.key, value)] });
    if (result.ok) return { outcome: { type: 'stored', status: 200, object: written(storage, value, result.revision) } };
    return newer(storage, result.current.get(fullKey));
  }
  const outcome = await goneOutcome(call, name, plan.object, current.revision);
  if (options.dryRun) return { outcome };
  const belongings = (await context.companions.of(storage)?.belongings(context, undefined, old)) ?? NO_BELONGINGS;
  const result = await commit(context.store, { compares: [...compares, ...belongings.compares], operations: [{ type: 'delete', key: fullKey }, ...belongings.operations] });
  if (result.ok) return { outcome };
  return result.current.has(fullKey) ? newer(storage, result.current.get(fullKey)) : { newer: current };
}

function newer(storage: ResourceStorage, entry: { value: Uint8Array; modRevision: number } | undefined): Attempt {
  return { newer: entry && new WrittenObject(storage, entry.value, entry.modRevision) };
}

function deleteOptionsJson(options: DeleteOptions): Record<string, unknown> {
  return {
    ...(options.gracePeriodSeconds !== undefined && { gracePeriodSeconds: options.gracePeriodSeconds }),
    ...(options.propagationPolicy !== undefined && { propagationPolicy: options.propagationPolicy }),
    ...(options.preconditions !== undefined && { preconditions: options.preconditions }),
    ...(options.dryRun && { dryRun: ['All'] }),
  };
}

function checkPreconditions(call: ApiCall, name: string, options: DeleteOptions, old: KubeObject): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  // Kinds that hold themselves check this themselves, in other words.
  if (call.type.storage.rules.heldInDeletion && uid !== undefined && uid !== '' && uid !== old.metadata.uid) {
    throw conflict(call.type, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid ?? ''}`);
  }
  // Kubernetes names the kind, not the resource, in these two messages.
  const subject = { group: call.type.group, resource: call.type.kind };
  if (uid !== undefined && uid !== '' && uid !== old.metadata.uid) {
    throw conflict(subject, name, `the UID in the precondition (${uid}) does not match the UID in record (${old.metadata.uid ?? ''}). The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(subject, name, `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${old.metadata.resourceVersion ?? ''}). The object might have been modified`);
  }
}

type DeletionPlan =
  | { readonly type: 'unchanged' }
  /** Being deleted, but held. */
  | { readonly type: 'mark'; readonly object: KubeObject }
  | { readonly type: 'remove'; readonly object: KubeObject };

function planDeletion(context: RegistryContext, call: ApiCall, old: KubeObject, options: DeleteOptions): DeletionPlan {
  const { storage } = call.type;
  const { rules } = storage;
  const object = cloneJson(old);
  const { metadata } = object;
  delete metadata.resourceVersion;
  const finalizers = finalizersAfter(storage, metadata.finalizers ?? [], options);
  const finalizersChanged = finalizers.join('\n') !== (metadata.finalizers ?? []).join('\n');
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;

  const grace = rules.gracefulDeletion?.(old, options.gracePeriodSeconds, ruleContext(context, call))?.gracePeriodSeconds ?? 0;
  const going = old.metadata.deletionTimestamp !== undefined;
  const selfHeld = rules.heldInDeletion !== undefined;
  if (going) {
    const running = old.metadata.deletionGracePeriodSeconds ?? 0;
    const shortened = grace < running;
    if (shortened) setDeletion(context, object, grace);
    if (vanishes(storage, object)) return { type: 'remove', object };
    return shortened || finalizersChanged ? { type: 'mark', object } : { type: 'unchanged' };
  }
  // What goes at once is shown as it was: only kinds with grace periods note their end even then.
  if (!selfHeld && rules.gracefulDeletion === undefined && finalizers.length === 0) return { type: 'remove', object };
  setDeletion(context, object, selfHeld ? undefined : grace);
  if (metadata.generation !== undefined && !selfHeld) metadata.generation += 1;
  rules.beginDeletion?.(object, ruleContext(context, call));
  // A kind that holds itself is first marked, so that whoever looks after its content sees it go.
  return vanishes(storage, object) && !selfHeld ? { type: 'remove', object } : { type: 'mark', object };
}

/** `deletionTimestamp` is when the grace period ends. */
function setDeletion(context: RegistryContext, object: KubeObject, graceSeconds: number | undefined): void {
  object.metadata.deletionTimestamp = formatTime(context.clock.now() + (graceSeconds ?? 0) * 1000);
  if (graceSeconds !== undefined) object.metadata.deletionGracePeriodSeconds = graceSeconds;
}

/** Which of the garbage collector's finalizers the deletion leaves on the object. */
function finalizersAfter(storage: ResourceStorage, existing: readonly string[], options: DeleteOptions): string[] {
  const orphan = wantsOrphan(storage, existing, options);
  const foreground = !orphan && wantsForeground(existing, options);
  const kept = existing.filter((f) => f !== ORPHAN_FINALIZER && f !== FOREGROUND_FINALIZER);
  if (orphan) kept.push(ORPHAN_FINALIZER);
  if (foreground) kept.push(FOREGROUND_FINALIZER);
  const sameSet = kept.length === existing.length && kept.every((f) => existing.includes(f));
  return sameSet ? [...existing] : kept;
}

function wantsOrphan(storage: ResourceStorage, existing: readonly string[], options: DeleteOptions): boolean {
  if (options.orphanDependents !== undefined) return options.orphanDependents;
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Orphan';
  if (existing.includes(ORPHAN_FINALIZER)) return true;
  return !existing.includes(FOREGROUND_FINALIZER) && storage.defaultPropagation === 'Orphan';
}

function wantsForeground(existing: readonly string[], options: DeleteOptions): boolean {
  if (options.orphanDependents !== undefined) return false;
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Foreground';
  return existing.includes(FOREGROUND_FINALIZER);
}

async function goneOutcome(call: ApiCall, name: string, object: KubeObject, revision: number): Promise<Outcome> {
  const { rules } = call.type.storage;
  if (rules.answersDeletionWithObject || rules.heldInDeletion) {
    object.metadata.resourceVersion = String(revision);
    return { type: 'object', status: 200, object: await fromStored(call.type, object) };
  }
  const { group, resource } = call.type;
  const status: Status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group !== '' && { group }), kind: resource, ...(object.metadata.uid !== undefined && { uid: object.metadata.uid }) },
  };
  return { type: 'status', status };
}
