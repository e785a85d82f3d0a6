import type { UpdateRules } from '../../api/kind-rules.ts';
import { withoutTimeOnlyChange } from '../../machinery/apply/managed-fields.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { inheritObjectMeta, validateObjectMetaUpdate } from '../../machinery/object-meta-validation.ts';
import { badRequest, conflict, invalid, notFound } from '../../machinery/status-error.ts';
import { fieldInvalid } from '../../machinery/field-error.ts';
import { callKey, ruleContext, type ApiCall, type RegistryContext } from './api-call.ts';
import { adoptNamespace, createObject, dedupeOwnerReferences } from './create.ts';
import { fromStored, toStored } from './conversion.ts';
import { readObjectBody } from './decode-body.ts';
import { claimOnUpdate } from './field-ownership.ts';
import type { Outcome } from './outcome.ts';
import { parseWriteOptions, writeOptionsJson, type WriteOptions } from './request-options.ts';
import type { ResourceStorage } from './resource-type.ts';
import { WrittenObject, type ServedObject } from './served-object.ts';
import { preconditionFailed } from './storage-precondition.ts';
import { NO_BELONGINGS, type Belongings } from './write-companion.ts';
import { admissionRequest, commit, contention, encodeFor, MAX_WRITE_ATTEMPTS, putOperation, rejectFindings, written } from './write-support.ts';

/** How an update makes the new object out of the current one. */
export interface Change {
  /**
   * The new object in the request's version, the caller's to change. Called once per attempt; `current` is shared.
   * Undefined `current`: the object does not exist, and the endpoint may create it.
   */
  make(current: DeepReadonly<KubeObject> | undefined): KubeObject | Promise<KubeObject>;
  /** Absent objects are created. */
  readonly allowCreate: boolean;
  /** Writes managedFields for the change; skipped where `make` has done it (server-side apply). */
  readonly claim: boolean;
  /** Losing a race is a conflict rather than a reason to try again. Default: for PUT of an object that names its version. */
  readonly conditional?: boolean;
  /** A uid that the stored object must have. */
  readonly uid?: string;
  readonly options: WriteOptions;
}

/** PUT of an object or of a subresource that reads and writes the whole object. */
export async function updateFromRequest(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const options = parseWriteOptions('UpdateOptions', call.query, false);
  const first = await readObjectBody(context, call, call.type, options.fieldValidation);
  checkName(call, first);
  adoptNamespace(call, first);
  const { uid } = first.metadata;
  return updateObject(context, call, {
    make: () => cloneJson(first),
    allowCreate: call.info.subresource === '' && (call.type.storage.rules.allowCreateOnUpdate ?? false),
    claim: true,
    options,
    ...(uid !== undefined && uid !== '' && { uid }),
  });
}

function checkName(call: ApiCall, object: KubeObject): void {
  const name = object.metadata.name ?? '';
  if (name === '') throw badRequest(`the name of the object (${call.info.name} based on URL) was undeterminable: name must be provided`);
  if (name !== call.info.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.info.name})`);
}

/**
 * Read, change, judge, write; again when another writer came between, unless the client named the version it means.
 * A change that leaves the object as it is writes nothing and takes no revision.
 */
export async function updateObject(context: RegistryContext, call: ApiCall, change: Change): Promise<Outcome> {
  const { storage } = call.type;
  const key = callKey(call);
  const cache = await context.caches.get(storage);
  if (!context.store.local) await cache.waitForNewest();
  let current: ServedObject | undefined = cache.get(key);
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt++) {
    if (!current) {
      const outcome = await createInstead(context, call, change);
      if (outcome) return outcome;
      const entry = await context.store.getForUpdate(storage.prefix + key);
      current = entry && new WrittenObject(storage, entry.value, entry.modRevision);
      continue;
    }
    const result = await attemptUpdate(context, call, change, key, current);
    if ('outcome' in result) return result.outcome;
    current = result.newer;
  }
  throw contention(call.info.name);
}

/** Undefined when somebody else created the object meanwhile. */
async function createInstead(context: RegistryContext, call: ApiCall, change: Change): Promise<Outcome | undefined> {
  if (!change.allowCreate) throw notFound(call.type, call.info.name);
  if (change.uid !== undefined) {
    throw wrongUid(call, change.uid, '');
  }
  await call.authorize('create');
  const object = await change.make(undefined);
  delete object.metadata.resourceVersion;
  return createObject(context, call, object, change.options, change.claim);
}

type Attempt = { readonly outcome: Outcome } | { readonly newer: ServedObject | undefined };

async function attemptUpdate(context: RegistryContext, call: ApiCall, change: Change, key: string, current: ServedObject): Promise<Attempt> {
  const { type } = call;
  const { storage } = type;
  const unconverted = current.object() as KubeObject;
  const stored = type.conversion ? await toStored(type, cloneJson(unconverted)) : unconverted;
  checkUid(call, change, stored);
  const live = type.isStorageVersion ? stored : await fromStored(type, cloneJson(stored));

  const object = await change.make(live);
  dedupeOwnerReferences(call, object);
  if (change.claim) await claimOnUpdate(context, call, live, object, change.options);
  const hub = await toStored(type, object);
  type.settle?.(hub);
  const admission = admissionRequest(call, 'UPDATE', {
    name: call.info.name,
    object: hub,
    oldObject: stored,
    dryRun: change.options.dryRun,
    options: writeOptionsJson(change.options),
  });
  await context.admission.admit(admission);
  dedupeOwnerReferences(call, hub, ' after mutating admission happens');
  const named = checkVersion(call, hub, current.revision);
  const conditional = change.conditional ?? (named && call.info.verb === 'update');
  if (call.info.subresource === '') await context.companions.of(storage)?.begin(context, hub, stored);
  prepareForUpdate(context, call, hub, stored);
  validateUpdate(context, call, hub, stored);
  await context.admission.validate(admission);

  const managedFields = withoutTimeOnlyChange(stored, hub);
  if (managedFields !== undefined) hub.metadata.managedFields = managedFields;

  if (vanishes(storage, hub)) return vanish(context, call, change, key, { current, hub, conditional });
  const value = encodeFor(storage, hub);
  if (value.equals(current.value) || (value.length === current.value.byteLength && sameStored(hub, unconverted))) return { outcome: { type: 'stored', status: 200, object: current } };
  if (change.options.dryRun) {
    hub.metadata.resourceVersion = String(current.revision);
    return { outcome: { type: 'object', status: 200, object: await fromStored(type, hub) } };
  }
  const fullKey = storage.prefix + key;
  const belongings = await belongingsOf(context, call, hub, stored);
  const result = await commit(context.store, {
    compares: [{ key: fullKey, modRevision: current.revision }, ...belongings.compares],
    operations: [putOperation(storage, key, value), ...belongings.operations],
  });
  if (result.ok) return { outcome: { type: 'stored', status: 200, object: written(storage, value, result.revision) } };
  return result.current.has(fullKey) ? lostRace(call, conditional, result.current.get(fullKey)) : { newer: current };
}

/** Endpoints below an object never change what it brings along. */
async function belongingsOf(context: RegistryContext, call: ApiCall, object: KubeObject | undefined, old: KubeObject): Promise<Belongings> {
  const companion = object !== undefined && call.info.subresource !== '' ? undefined : context.companions.of(call.type.storage);
  return companion ? companion.belongings(context, object, old) : NO_BELONGINGS;
}

function lostRace(call: ApiCall, conditional: boolean, entry: { value: Uint8Array; modRevision: number } | undefined): Attempt {
  if (conditional) throw conflict(call.type, call.info.name);
  return { newer: entry && new WrittenObject(call.type.storage, entry.value, entry.modRevision) };
}

function checkUid(call: ApiCall, change: Change, stored: KubeObject): void {
  if (change.uid === undefined || change.uid === stored.metadata.uid) return;
  throw wrongUid(call, change.uid, stored.metadata.uid ?? '');
}

function wrongUid({ type, info }: ApiCall, wanted: string, actual: string): Error {
  return preconditionFailed(type, { namespace: type.namespaced ? info.namespace : '', name: info.name, field: 'UID', wanted, actual });
}

/**
 * The version that the object names must be the stored one. False when it names none.
 */
function checkVersion(call: ApiCall, object: KubeObject, revision: number): boolean {
  const { storage } = call.type;
  const stated = object.metadata.resourceVersion ?? '';
  if (stated === '' || stated === '0') {
    if (storage.rules.allowUnconditionalUpdate === false) {
      throw invalid({ group: storage.group, kind: storage.resource }, call.info.name, [fieldInvalid('metadata.resourceVersion', 0, 'must be specified for an update')]);
    }
    return false;
  }
  if (!/^\d+$/.test(stated)) {
    throw invalid({ group: storage.group, kind: storage.resource }, call.info.name, [fieldInvalid('metadata.resourceVersion', stated, `strconv.ParseUint: parsing ${JSON.stringify(stated)}: invalid syntax`)]);
  }
  if (Number(stated) !== revision) throw conflict(call.type, call.info.name);
  return true;
}

function prepareForUpdate(context: RegistryContext, call: ApiCall, object: KubeObject, old: KubeObject): void {
  const { storage } = call.type;
  const { metadata } = object;
  if (old.metadata.resourceVersion !== undefined) metadata.resourceVersion = old.metadata.resourceVersion;
  inheritObjectMeta(metadata, old.metadata);
  if (old.metadata.generation === undefined) delete metadata.generation;
  else metadata.generation = old.metadata.generation;
  resetForEndpoint(call, object, old);
  rulesFor(call).prepareForUpdate?.(object, old, ruleContext(context, call));
  if (storage.tracksGeneration && call.info.subresource !== 'status' && specChanged(object, old)) {
    metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
}

/** The main endpoint leaves status alone where status has an endpoint of its own, and that one leaves all else alone. */
function resetForEndpoint(call: ApiCall, object: KubeObject, old: KubeObject): void {
  if (call.info.subresource === 'status') {
    for (const field of new Set([...Object.keys(object), ...Object.keys(old)])) {
      if (field === 'metadata' || field === 'status' || field === 'kind' || field === 'apiVersion') continue;
      restore(object, old, field);
    }
  } else if (call.info.subresource === '' && call.type.subresources.has('status')) {
    restore(object, old, 'status');
  }
}

function restore(object: KubeObject, old: KubeObject, field: string): void {
  if (old[field] === undefined) delete object[field];
  else object[field] = cloneJson(old[field]);
}

function specChanged(object: KubeObject, old: KubeObject): boolean {
  for (const field of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (field === 'metadata' || field === 'status' || field === 'kind' || field === 'apiVersion') continue;
    if (!equalJson(object[field], old[field])) return true;
  }
  return false;
}

function rulesFor(call: ApiCall): UpdateRules {
  const { rules } = call.type.storage;
  const { subresource } = call.info;
  if (subresource === '') return rules;
  if (subresource === 'status') return rules.status ?? {};
  return rules.subresources?.[subresource] ?? rules;
}

function validateUpdate(context: RegistryContext, call: ApiCall, object: KubeObject, old: KubeObject): void {
  const rules = ruleContext(context, call);
  const { standardFinalizers } = call.type.storage;
  const metadata = validateObjectMetaUpdate(object.metadata, old.metadata, { standardFinalizers });
  // Kubernetes judges metadata twice, in the machinery and in the kind's own validation, and lists both findings.
  const errors = [...metadata, ...metadata];
  errors.push(...(rulesFor(call).validateUpdate?.(object, old, rules) ?? []));
  rejectFindings(call.type.storage, call.info.name, errors);
  for (const warning of rulesFor(call).warningsOnUpdate?.(object, old, rules) ?? []) call.warn(warning);
}

/** The order of keys is the client's, and says nothing. */
function sameStored(object: KubeObject, stored: KubeObject): boolean {
  return equalJson({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } }, { ...stored, metadata: { ...stored.metadata, resourceVersion: undefined } });
}

/** An object that was deleted before goes when the last of its finalizers is taken off. */
export function vanishes(storage: ResourceStorage, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0 || deletionGracePeriodSeconds > 0) return false;
  return !(storage.rules.heldInDeletion?.(object) ?? false);
}

async function vanish(context: RegistryContext, call: ApiCall, change: Change, key: string, state: { current: ServedObject; hub: KubeObject; conditional: boolean }): Promise<Attempt> {
  const { current, hub, conditional } = state;
  const fullKey = call.type.storage.prefix + key;
  hub.metadata.resourceVersion = String(current.revision);
  const outcome: Outcome = { type: 'object', status: 200, object: await fromStored(call.type, hub) };
  if (change.options.dryRun) return { outcome };
  const belongings = await belongingsOf(context, call, undefined, current.object() as KubeObject);
  const result = await commit(context.store, {
    compares: [{ key: fullKey, modRevision: current.revision }, ...belongings.compares],
    operations: [{ type: 'delete', key: fullKey }, ...belongings.operations],
  });
  if (result.ok) return { outcome };
  return result.current.has(fullKey) ? lostRace(call, conditional, result.current.get(fullKey)) : { newer: current };
}
