import { setOfFieldPaths, type FieldSet } from '../../machinery/apply/field-set.ts';
import type { ApiVersions } from '../../machinery/apply/api-versions.ts';
import { updateManagedFields, type FieldManagerOptions } from '../../machinery/apply/managed-fields.ts';
import { formatTime } from '../../machinery/clock.ts';
import { parseApiVersion } from '../../machinery/group-version.ts';
import { cloneJson, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../machinery/object-meta.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import { fromStored, toStored } from './conversion.ts';
import { OwnershipConversions } from './ownership-conversions.ts';
import type { WriteOptions } from './request-options.ts';
import type { ResourceType } from './resource-type.ts';

/** Records the creator as the owner of what it set. */
export function claimOnCreate(context: RegistryContext, call: ApiCall, object: KubeObject, options: WriteOptions): void | Promise<void> {
  return claim(context, call, { object, options });
}

/** Records who owns which fields after an update; `live` is the object as it is, in the request's version. */
export function claimOnUpdate(context: RegistryContext, call: ApiCall, live: DeepReadonly<KubeObject>, object: KubeObject, options: WriteOptions): void | Promise<void> {
  return claim(context, call, { live: live as KubeObject, object, options });
}

interface Claim {
  readonly live?: KubeObject;
  readonly object: KubeObject;
  readonly options: WriteOptions;
}

function claim(context: RegistryContext, call: ApiCall, { live, object, options }: Claim): void | Promise<void> {
  const conversions = ownershipConversions(context, call);
  const ownership = ownershipOptions(context, call, options.fieldManager, conversions);
  if (!conversions) {
    setManagedFields(object, updateManagedFields(live, object, ownership));
    return undefined;
  }
  return conversions.settle(() => updateManagedFields(live, object, ownership)).then((managedFields) => setManagedFields(object, managedFields));
}

/** For kinds that are converted elsewhere. */
export function ownershipConversions(context: RegistryContext, { type }: ApiCall): OwnershipConversions | undefined {
  if (!type.conversion) return undefined;
  return new OwnershipConversions(async (object, from, to) => {
    const source = inVersion(context, type, from);
    const target = inVersion(context, type, to);
    if (!source || !target) return object;
    return (await fromStored(target, await toStored(source, cloneJson(object) as unknown as KubeObject))) as unknown as JsonObject;
  });
}

function setManagedFields(object: KubeObject, managedFields: ManagedFieldsEntry[] | undefined): void {
  if (managedFields === undefined) delete object.metadata.managedFields;
  else object.metadata.managedFields = managedFields;
}

export function ownershipOptions(context: RegistryContext, call: ApiCall, fieldManager: string, conversions = ownershipConversions(context, call)): FieldManagerOptions {
  const { type, info } = call;
  return {
    manager: fieldManager === '' ? managerOfUserAgent(call.request.header('user-agent')) : fieldManager,
    apiVersion: type.apiVersion,
    schema: type.mergeSchema,
    now: formatTime(context.clock.now()),
    subresource: info.subresource,
    resetFields: resetFieldsOf(type, info.subresource),
    versions: apiVersionsOf(context, type, conversions),
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
function apiVersionsOf(context: RegistryContext, type: ResourceType, conversions: OwnershipConversions | undefined): ApiVersions {
  return {
    schemaOf: (apiVersion) => inVersion(context, type, apiVersion)?.mergeSchema,
    convert: (object, from, to) => {
      const source = inVersion(context, type, from);
      const target = inVersion(context, type, to);
      if (!source || !target || source === target) return object;
      if (conversions) return conversions.now(object, from, to);
      const hub = source.toStorage(cloneJson(object) as unknown as KubeObject);
      return target.fromStorage(hub) as unknown as JsonObject;
    },
  };
}

function inVersion(context: RegistryContext, type: ResourceType, apiVersion: string): ResourceType | undefined {
  if (apiVersion === type.apiVersion) return type;
  const gv = parseApiVersion(apiVersion);
  if (!gv) return undefined;
  const other = context.catalog.findKind(gv.group, gv.version, type.kind);
  return other?.storage.prefix === type.storage.prefix ? other : undefined;
}
