import { setOfFieldPaths, type FieldSet } from '../../machinery/apply/field-set.ts';
import type { ApiVersions } from '../../machinery/apply/api-versions.ts';
import { updateManagedFields, type FieldManagerOptions } from '../../machinery/apply/managed-fields.ts';
import { formatTime } from '../../machinery/clock.ts';
import { parseApiVersion } from '../../machinery/group-version.ts';
import { cloneJson, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import type { WriteOptions } from './request-options.ts';
import type { ResourceType } from './resource-type.ts';

/** Records the creator as the owner of what it set. */
export function claimOnCreate(context: RegistryContext, call: ApiCall, object: KubeObject, options: WriteOptions): void {
  setManagedFields(object, undefined, ownershipOptions(context, call, options.fieldManager));
}

/** Records who owns which fields after an update; `live` is the object as it is, in the request's version. */
export function claimOnUpdate(context: RegistryContext, call: ApiCall, live: DeepReadonly<KubeObject>, object: KubeObject, options: WriteOptions): void {
  setManagedFields(object, live as KubeObject, ownershipOptions(context, call, options.fieldManager));
}

function setManagedFields(object: KubeObject, live: KubeObject | undefined, options: FieldManagerOptions): void {
  const managedFields = updateManagedFields(live, object, options);
  if (managedFields === undefined) delete object.metadata.managedFields;
  else object.metadata.managedFields = managedFields;
}

export function ownershipOptions(context: RegistryContext, call: ApiCall, fieldManager: string): FieldManagerOptions {
  const { type, info } = call;
  return {
    manager: fieldManager === '' ? managerOfUserAgent(call.request.header('user-agent')) : fieldManager,
    apiVersion: type.apiVersion,
    schema: type.mergeSchema,
    now: formatTime(context.clock.now()),
    subresource: info.subresource,
    resetFields: resetFieldsOf(type, info.subresource),
    versions: apiVersionsOf(context, type),
  };
}

const MAX_MANAGER_LENGTH = 128;

/** Clients that name no manager are known by their program: `kubectl/v1.36.0 (linux/amd64)` is `kubectl`. */
function managerOfUserAgent(userAgent: string | undefined): string {
  if (userAgent === undefined) return '';
  const program = userAgent.split('/', 1)[0] ?? '';
  return [...program].filter((c) => /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(c)).join('').slice(0, MAX_MANAGER_LENGTH);
}

/** Status is reset by the main endpoint where it has one of its own; that one resets everything but status. */
function resetFieldsOf(type: ResourceType, subresource: string): FieldSet | undefined {
  const stated = type.storage.rules.resetFields?.[subresource];
  if (stated) return setOfFieldPaths(stated);
  if (subresource === '' && type.subresources.has('status')) return STATUS_SET;
  if (subresource === 'status') return SPEC_SET;
  return undefined;
}

const STATUS_SET = setOfFieldPaths([['status']]);
const SPEC_SET = setOfFieldPaths([['spec']]);

/** The kind's other versions, in which other managers may own fields. */
function apiVersionsOf(context: RegistryContext, type: ResourceType): ApiVersions {
  const inVersion = (apiVersion: string): ResourceType | undefined => {
    if (apiVersion === type.apiVersion) return type;
    const gv = parseApiVersion(apiVersion);
    if (!gv) return undefined;
    const other = context.catalog.findKind(gv.group, gv.version, type.kind);
    return other?.storage.prefix === type.storage.prefix ? other : undefined;
  };
  return {
    schemaOf: (apiVersion) => inVersion(apiVersion)?.mergeSchema,
    convert: (object, from, to) => {
      const source = inVersion(from);
      const target = inVersion(to);
      if (!source || !target || source === target) return object;
      const hub = source.toStorage(cloneJson(object) as unknown as KubeObject);
      return target.fromStorage(hub) as unknown as JsonObject;
    },
  };
}
