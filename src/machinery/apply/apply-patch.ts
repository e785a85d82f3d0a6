/** Server-side apply. The registry calls `applyPatch` for a patch of type application/apply-patch+yaml. */
import { cloneJson, equalJson, isJsonObject, type JsonObject } from '../json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../object-meta.ts';
import { badRequest, failure } from '../status-error.ts';
import { parseApiVersion } from '../group-version.ts';
import { ConversionError, singleVersion, VersionedObject, type ApiVersions } from './api-versions.ts';
import { applyConflict } from './conflicts.ts';
import { difference, equalSets, isEmptySet } from './field-set.ts';
import { findConflicts, ObjectChange, reconcileEntries, releaseFields } from './field-ownership.ts';
import { fieldsOfLastApplied, KUBECTL_MANAGER, updateLastApplied } from './last-applied.ts';
import { ownable, recordUpdate, writerId, type FieldManagerOptions } from './managed-fields.ts';
import { managerId, readStoredEntries, writeEntries, type ManagerEntries, type ManagerEntry } from './manager-entries.ts';
import { MergeError, mergeValues } from './merge-values.ts';
import { pruneFields } from './prune.ts';
import { findTypedErrors, formatTypedErrors } from './typed-errors.ts';
import { toFieldSet } from './to-field-set.ts';
import { withoutManagedFields } from './unowned-fields.ts';

export interface ApplyOptions extends FieldManagerOptions {
  /** Of the endpoint; the patch must be of it. */
  readonly kind: string;
  /** Take fields that others own instead of failing. */
  readonly force: boolean;
}

export interface Applied {
  /**
   * What is to be decoded, defaulted and stored, with its managedFields. The caller's own, unless `changed` is false:
   * then it is `live` itself. May hold null where nothing is left of a list or object, and where the patch says null.
   */
  readonly object: KubeObject;
  /** False: neither the object nor an owner changed, and nothing needs to be written. */
  readonly changed: boolean;
}

/** The owner of what was there before the first apply to an object without owners. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

/**
 * Applies what `options.manager` wants: its fields are set, those that it applied before and nobody else owns are
 * removed, everything else stays. Neither argument is changed.
 *
 * @param live as stored, in `options.apiVersion`; undefined when the object is created by this apply.
 * @param patch as parsed; only what the manager wants to own.
 * @throws StatusError BadRequest for a patch of another kind or with managedFields, 500 for one that the schema cannot
 *   merge, Conflict for fields of others without `force`.
 */
export function applyPatch(live: KubeObject | undefined, patch: JsonObject, options: ApplyOptions): Applied {
  checkPatch(patch, options);
  const errors = findTypedErrors(patch, options.schema);
  if (errors.length > 0) throw failure({ code: 500, message: `failed to create typed patch object (${describe(patch)}): ${formatTypedErrors(errors)}` });

  const bare = live === undefined ? {} : withoutManagedFields(live as unknown as JsonObject);
  const entries = readOwners(live, bare, options);
  const outcome = orServerError(() => computeApply(bare, patch, entries, options));
  const managedFields = writeEntries(outcome.entries);
  return live === undefined || outcome.object !== bare ? own(outcome.object, managedFields, patch, options) : unchanged(live, managedFields);
}

function checkPatch(patch: JsonObject, options: ApplyOptions): void {
  if (patch['apiVersion'] !== options.apiVersion || patch['kind'] !== options.kind) {
    throw badRequest(`invalid object type: ${showKind(patch)}`);
  }
  const metadata = patch['metadata'];
  if (isJsonObject(metadata) && Array.isArray(metadata['managedFields'])) throw badRequest('metadata.managedFields must be nil');
}

/** `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`. */
function showKind(patch: JsonObject): string {
  const text = patch['apiVersion'];
  const gv = parseApiVersion(typeof text === 'string' ? text : '') ?? { group: '', version: '' };
  return `${gv.group}/${gv.version}, Kind=${typeof patch['kind'] === 'string' ? patch['kind'] : ''}`;
}

function describe(patch: JsonObject): string {
  const metadata = isJsonObject(patch['metadata']) ? patch['metadata'] : {};
  const text = (name: string): string => (typeof metadata[name] === 'string' ? metadata[name] : '');
  return `${text('namespace')}/${text('name')}; ${showKind(patch)}`;
}

function readOwners(live: KubeObject | undefined, bare: JsonObject, options: ApplyOptions): ManagerEntries {
  let entries: ManagerEntries;
  try {
    entries = readStoredEntries(live?.metadata.managedFields);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw failure({ code: 500, message: `failed to decode managed fields: ${error.message}`, cause: error });
  }
  if (entries.size > 0 || live === undefined) return entries;
  return recordUpdate({}, bare, entries, { ...options, manager: BEFORE_FIRST_APPLY });
}

function orServerError<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof MergeError) throw failure({ code: 500, message: `failed to merge config: ${error.message}`, cause: error });
    if (error instanceof ConversionError) throw failure({ code: 500, message: error.message, cause: error });
    throw error;
  }
}

interface Outcome {
  /** `live` itself when nothing in it changed. */
  readonly object: JsonObject;
  readonly entries: ManagerEntries;
}

/** Merges, prunes, and sees whose fields would change. `live` is without managedFields. */
function computeApply(live: JsonObject, patch: JsonObject, stored: ManagerEntries, options: ApplyOptions): Outcome {
  const versions: ApiVersions = options.versions ?? singleVersion(options.apiVersion, options.schema);
  const before = new VersionedObject(live, options.apiVersion, versions);
  const entries = reconcileEntries(stored, versions);
  const writer = writerId(options, 'Apply');
  const id = managerId(writer);
  const last = entries.get(id);
  const stated = toFieldSet(patch, options.schema);
  const claimed = ownable(stated, options);
  const fields = last !== undefined && equalSets(last.fields, claimed) ? last.fields : claimed;
  const applied: ManagerEntry = { ...writer, fields, time: last?.time, source: last?.source };
  entries.set(id, applied);

  // What nobody can own, such as the name, is stated all the same: the metadata it stands in must not be pruned.
  const statements = new Map(entries).set(id, { ...applied, fields: stated });
  const merged = pruneFields(mergeValues(live, patch, options.schema) as JsonObject, last, statements, { apiVersion: options.apiVersion, versions });
  const object = equalJson(live, merged) ? live : merged;
  const change = new ObjectChange(before, new VersionedObject(object, options.apiVersion, versions), options);
  if (!options.force) refuseConflicts(live, entries, change, options);

  const left = releaseFields(entries, change, id);
  if (object !== live && left.has(id)) left.set(id, { ...applied, time: options.now });
  return { object, entries: left };
}

/** `kubectl` may take what its client-side apply had set. */
function refuseConflicts(live: JsonObject, entries: ManagerEntries, change: ObjectChange, options: ApplyOptions): void {
  const conflicts = findConflicts(entries, change, managerId(writerId(options, 'Apply')));
  if (conflicts.size > 0 && options.manager === KUBECTL_MANAGER) {
    const allowed = fieldsOfLastApplied(live, options.apiVersion, options.schema);
    for (const [id, fields] of conflicts) {
      const rest = difference(fields, allowed);
      if (isEmptySet(rest)) conflicts.delete(id);
      else conflicts.set(id, rest);
    }
  }
  if (conflicts.size > 0) throw applyConflict(conflicts, entries);
}

function own(object: JsonObject, managedFields: ManagedFieldsEntry[] | undefined, patch: JsonObject, options: ApplyOptions): Applied {
  const result = cloneJson(object);
  if (options.manager === KUBECTL_MANAGER) updateLastApplied(result, patch);
  const metadata = isJsonObject(result['metadata']) ? result['metadata'] : {};
  result['metadata'] = metadata;
  if (managedFields !== undefined) metadata['managedFields'] = managedFields as unknown as JsonObject[];
  return { object: result as unknown as KubeObject, changed: true };
}

function unchanged(live: KubeObject, managedFields: ManagedFieldsEntry[] | undefined): Applied {
  const stored = live.metadata.managedFields;
  if ((stored?.length ?? 0) === (managedFields?.length ?? 0) && (stored ?? []).every((entry, i) => entry === managedFields?.[i])) {
    return { object: live, changed: false };
  }
  const object: KubeObject = cloneJson({ ...live, metadata: { ...live.metadata, managedFields: [] } });
  delete object.metadata.managedFields;
  if (managedFields !== undefined) object.metadata.managedFields = managedFields;
  return { object, changed: true };
}
