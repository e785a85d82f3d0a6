import { formatTime } from '../../machinery/clock.ts';
import { cloneJson } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { validateObjectMeta } from '../../machinery/object-meta-validation.ts';
import { alreadyExists, badRequest, failure } from '../../machinery/status-error.ts';
import { ruleContext, type ApiCall, type RegistryContext } from './api-call.ts';
import { fromStored, toStored } from './conversion.ts';
import { readObjectBody } from './decode-body.ts';
import { claimOnCreate } from './field-ownership.ts';
import { generateName } from './generated-name.ts';
import type { Outcome } from './outcome.ts';
import { parseWriteOptions, writeOptionsJson, type WriteOptions } from './request-options.ts';
import { objectKey } from './resource-type.ts';
import type { AdmissionRequest } from '../admission/admission-plugin.ts';
import { admissionRequest, commit, contention, encodeFor, MAX_WRITE_ATTEMPTS, putOperation, rejectFindings, written } from './write-support.ts';
import { NO_BELONGINGS, type WriteCompanion } from './write-companion.ts';

/** How often a generated name may be taken before the client is told. */
const MAX_NAME_ATTEMPTS = 8;

/** POST: reads the object from the body and creates it. */
export async function createFromRequest(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const options = parseWriteOptions('CreateOptions', call.query, false);
  const object = await readObjectBody(context, call, call.type, options.fieldValidation);
  adoptNamespace(call, object);
  return createObject(context, call, object, options);
}

/** The namespace of a body is that of its path; a different one is refused. */
export function adoptNamespace(call: ApiCall, object: KubeObject): void {
  const { metadata } = object;
  if (!call.type.namespaced) {
    delete metadata.namespace;
    return;
  }
  if (metadata.namespace !== undefined && metadata.namespace !== '' && metadata.namespace !== call.info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  metadata.namespace = call.info.namespace;
}

/**
 * Creates a decoded, defaulted object of the request's version: claims fields (where `claim` says that nobody did so
 * yet), admits, prepares, validates, stores.
 * Nothing is stored when any stage refuses or the write is a dry run.
 */
export async function createObject(context: RegistryContext, call: ApiCall, object: KubeObject, options: WriteOptions, claim = true): Promise<Outcome> {
  const { storage } = call.type;
  refuseRevision(object);
  dedupeOwnerReferences(call, object);
  forgetSystemMetadata(object);
  if (claim) await claimOnCreate(context, call, object, options);
  const hub = await toStored(call.type, object);
  call.type.settle?.(hub);
  const admission = admissionRequest(call, 'CREATE', { name: hub.metadata.name ?? '', object: hub, dryRun: options.dryRun, options: writeOptionsJson({ ...options, kind: 'CreateOptions' }) });
  await context.admission.admit(admission);
  checkAdmitted(call, hub);
  const companion = context.companions.of(storage);
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt++) {
    const own = companion ? cloneJson(hub) : hub;
    await companion?.begin(context, own, undefined);
    const outcome = await createAdmitted(context, call, own, { admission: { ...admission, object: own }, companion, dryRun: options.dryRun });
    if (outcome !== 'lost') return outcome;
  }
  throw contention(hub.metadata.name ?? '');
}

/** What admission made of an object is held to the same as what the client sent. */
function checkAdmitted(call: ApiCall, hub: KubeObject): void {
  adoptNamespace(call, hub);
  refuseRevision(hub);
  forgetSystemMetadata(hub);
  dedupeOwnerReferences(call, hub, ' after mutating admission happens');
}

function refuseRevision({ metadata }: KubeObject): void {
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== '') throw failure({ code: 500, message: 'resourceVersion should not be set on objects to be created' });
}

interface Creation {
  readonly admission: AdmissionRequest;
  readonly companion: WriteCompanion | undefined;
  readonly dryRun: boolean;
}

/** `lost`: somebody else took what was to be written with the object; its name is still free. */
async function createAdmitted(context: RegistryContext, call: ApiCall, hub: KubeObject, creation: Creation): Promise<Outcome | 'lost'> {
  const { storage } = call.type;
  prepare(context, call, hub);

  for (let attempt = 1; ; attempt++) {
    // A name that is taken must leave nothing of itself behind for the next attempt.
    const named = (hub.metadata.name ?? '') === '' ? cloneJson(hub) : hub;
    const generated = nameObject(context, named);
    storage.rules.canonicalize?.(named);
    validate(context, call, named);
    await context.admission.validate({ ...creation.admission, name: named.metadata.name ?? '', object: named });
    const created = await store(context, call, named, creation);
    if (created) return created;
    const name = named.metadata.name ?? '';
    if (!generated || attempt === MAX_NAME_ATTEMPTS) {
      const error = alreadyExists(call.type, name);
      throw generated ? failure({ code: 409, reason: 'AlreadyExists', message: `${error.message}, the server was not able to generate a unique name for the object`, details: { ...error.status.details } }) : error;
    }
  }
}

/** Repeated owner references are dropped, with a warning: before fields are claimed, and once more after admission. */
export function dedupeOwnerReferences(call: ApiCall, object: KubeObject, when = ''): void {
  const owners = object.metadata.ownerReferences;
  if (!owners || owners.length < 2) return;
  const seen = new Set<string>();
  const unique = owners.filter((o) => {
    const key = JSON.stringify([o.apiVersion, o.kind, o.name, o.uid, o.controller, o.blockOwnerDeletion]);
    return !seen.has(key) && seen.add(key);
  });
  if (unique.length === owners.length) return;
  const repeated = owners.find((o, i) => owners.findIndex((p) => p.uid === o.uid) < i);
  call.warn(`.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated?.uid ?? ''}`);
  object.metadata.ownerReferences = unique;
}

/** What a client cannot bring along, so that nobody comes to own it either. */
function forgetSystemMetadata(object: KubeObject): void {
  const metadata: KubeObject['metadata'] & { selfLink?: unknown } = object.metadata;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.resourceVersion;
  delete metadata.selfLink;
}

/** What the server itself decides of a new object. */
function prepare(context: RegistryContext, call: ApiCall, object: KubeObject): void {
  const { storage } = call.type;
  const { metadata } = object;
  if (call.type.subresources.has('status') && storage.rules.keepsStatusOnCreate !== true) resetStatus(object, storage.emptyStatus());
  storage.rules.prepareForCreate?.(object, ruleContext(context, call));
  metadata.creationTimestamp = formatTime(context.clock.now());
  metadata.uid = context.uuid();
  if (storage.initialGeneration !== undefined) metadata.generation = storage.initialGeneration;
}

/** A new object has no history: its status is written by whoever observes it. */
function resetStatus(object: KubeObject, empty: unknown): void {
  if (empty === undefined) delete object['status'];
  else object['status'] = empty;
}

/** Makes a name from generateName where none was given; true when it did. */
function nameObject(context: RegistryContext, object: KubeObject): boolean {
  const { metadata } = object;
  if ((metadata.name ?? '') !== '' || (metadata.generateName ?? '') === '') return false;
  metadata.name = generateName(metadata.generateName ?? '', context.random);
  return true;
}

function validate(context: RegistryContext, call: ApiCall, object: KubeObject): void {
  const { storage } = call.type;
  const rules = ruleContext(context, call);
  const errors = validateObjectMeta(object.metadata, {
    namespaced: storage.namespaced,
    standardFinalizers: storage.standardFinalizers,
    ...(storage.rules.validateName && { validateName: storage.rules.validateName }),
  });
  errors.push(...(storage.rules.validate?.(object, rules) ?? []));
  rejectFindings(storage, object.metadata.name ?? '', errors);
  for (const warning of storage.rules.warningsOnCreate?.(object, rules) ?? []) call.warn(warning);
}

/** Undefined when the name is taken. */
async function store(context: RegistryContext, call: ApiCall, object: KubeObject, { companion, dryRun }: Creation): Promise<Outcome | 'lost' | undefined> {
  const { storage } = call.type;
  const key = objectKey(object.metadata.namespace ?? '', object.metadata.name ?? '');
  if (dryRun) {
    const cache = await context.caches.get(storage);
    if (cache.get(key)) return undefined;
    return { type: 'object', status: 201, object: await fromStored(call.type, object) };
  }
  const value = encodeFor(storage, object);
  const belongings = companion ? await companion.belongings(context, object, undefined) : NO_BELONGINGS;
  const result = await commit(context.store, {
    compares: [{ key: storage.prefix + key, modRevision: 0 }, ...belongings.compares],
    operations: [putOperation(storage, key, value), ...belongings.operations],
  });
  if (result.ok) return { type: 'stored', status: 201, object: written(storage, value, result.revision) };
  return result.current.has(storage.prefix + key) ? undefined : 'lost';
}
