import { cloneJson, isJsonObject, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import { fieldInvalid } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, invalid } from '../../machinery/status-error.ts';
import { applyPatch } from '../../machinery/apply/apply-patch.ts';
import { updateManagedFields, type FieldManagerOptions } from '../../machinery/apply/managed-fields.ts';
import { parentManagedFields, SCALE_API_VERSION, scaleManagedFields, type ScaledParent } from '../../machinery/apply/scale-managed-fields.ts';
import type { FieldSchema, MergeSchema, StructSchema } from '../../machinery/merge-schema.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import { readApplyBody } from './apply.ts';
import { inRequestVersion } from './conversion.ts';
import { decodeValue, mediaTypeOf, MAX_BODY_BYTES, parseBody, type BodyType } from './decode-body.ts';
import { ownershipOptions } from './field-ownership.ts';
import type { Outcome } from './outcome.ts';
import { APPLY_PATCH, decodePatched, patchType, readPatch } from './patch.ts';
import { readObject } from './read.ts';
import { parseWriteOptions, type WriteOptions } from './request-options.ts';
import { DecodeError, type Decoded, type ScaleMapping } from './resource-type.ts';
import { updateObject } from './update.ts';

/** GET …/scale: the object seen as an autoscaling/v1 Scale. */
export async function readScale(context: RegistryContext, call: ApiCall, mapping: ScaleMapping): Promise<Outcome> {
  const outcome = await readObject(context, call);
  if (outcome.type !== 'stored') return outcome;
  return { type: 'object', status: 200, object: mapping.toScale(await inRequestVersion(call.type, outcome.object)) };
}

export async function updateScale(context: RegistryContext, call: ApiCall, mapping: ScaleMapping): Promise<Outcome> {
  const options = parseWriteOptions('UpdateOptions', call.query, false);
  const bytes = await call.request.readBody(MAX_BODY_BYTES);
  const parsed = await parseBody(call, mediaTypeOf(call.request.header('content-type')), bytes, 'Scale');
  const type = scaleBodyType();
  const scale = decodeValue(context, call, type, { ...parsed, bytes }, options.fieldValidation);
  call.recordRequest?.(scale);
  const name = scale.metadata.name ?? '';
  if (name !== '' && name !== call.info.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.info.name})`);
  return writeScale(context, call, mapping, options, (current) => claimed(context, call, current, cloneJson(scale), options));
}

export async function patchScale(context: RegistryContext, call: ApiCall, mapping: ScaleMapping): Promise<Outcome> {
  const mediaType = patchType(call);
  const options = parseWriteOptions('PatchOptions', call.query, mediaType === APPLY_PATCH);
  if (mediaType === APPLY_PATCH) return applyScale(context, call, mapping, options);
  const { patch, findings } = await readPatch(call, mediaType);
  return writeScale(context, call, mapping, options, (current) => {
    const patched = patch(current as unknown as JsonObject);
    const scale = decodePatched(call, scaleBodyType(), patched, { findings, fieldValidation: options.fieldValidation });
    return claimed(context, call, current, scale, options);
  });
}

async function applyScale(context: RegistryContext, call: ApiCall, mapping: ScaleMapping, options: WriteOptions): Promise<Outcome> {
  const { patch } = await readApplyBody(call);
  return writeScale(context, call, mapping, options, (current) => {
    const { object } = applyPatch(current, patch, { ...scaleOwnership(context, call, options), kind: 'Scale', force: options.force ?? false });
    return decodeScale(cloneJson(object) as unknown as JsonObject).object;
  });
}

/** Who owns the scale's replicas after an update by this request's manager. */
function claimed(context: RegistryContext, call: ApiCall, current: KubeObject, scale: KubeObject, options: WriteOptions): KubeObject {
  const managedFields = updateManagedFields(current, scale, scaleOwnership(context, call, options));
  if (managedFields === undefined) delete scale.metadata.managedFields;
  else scale.metadata.managedFields = managedFields;
  return scale;
}

function scaleOwnership(context: RegistryContext, call: ApiCall, options: WriteOptions): FieldManagerOptions {
  const { manager, now, subresource } = ownershipOptions(context, call, options.fieldManager);
  return { manager, now, apiVersion: SCALE_API_VERSION, schema: SCALE_SCHEMA, ...(subresource !== undefined && { subresource }) };
}

/** `change` is given the scale with the owners of its replicas, and returns the scale it should be with its owners. */
async function writeScale(context: RegistryContext, call: ApiCall, mapping: ScaleMapping, options: WriteOptions, change: (current: KubeObject) => KubeObject): Promise<Outcome> {
  let conditional = false;
  const outcome = await updateObject(context, call, {
    make: (current) => {
      const object = cloneJson(current) as KubeObject;
      const parent = scaledParent(context, call);
      const seen = mapping.toScale(object as DeepReadonly<KubeObject>);
      const owners = scaleManagedFields(object.metadata.managedFields, parent);
      const scale = change(owners === undefined ? seen : { ...seen, metadata: { ...seen.metadata, managedFields: owners } });
      validateScale(call, scale);
      mapping.applyScale(object, scale);
      const managedFields = parentManagedFields(object.metadata.managedFields, scale.metadata.managedFields, parent);
      if (managedFields === undefined) delete object.metadata.managedFields;
      else object.metadata.managedFields = managedFields;
      const version = scale.metadata.resourceVersion ?? '';
      conditional = call.info.verb === 'update' && version !== '';
      if (version !== '') object.metadata.resourceVersion = version;
      return object;
    },
    get conditional() {
      return conditional;
    },
    allowCreate: false,
    claim: false,
    options,
  });
  if (outcome.type === 'stored') return { type: 'object', status: outcome.status, object: mapping.toScale(await inRequestVersion(call.type, outcome.object)) };
  if (outcome.type === 'object') return { ...outcome, object: mapping.toScale(outcome.object as DeepReadonly<KubeObject>) };
  return outcome;
}

/** Where the replicas are in each version of the kind. */
function scaledParent(context: RegistryContext, call: ApiCall): ScaledParent {
  const { type } = call;
  const paths = new Map<string, readonly string[] | undefined>();
  for (const version of context.catalog.versions(type.group)) {
    const other = context.catalog.find(type.group, version, type.resource);
    const handling = other?.subresources.get('scale')?.handling;
    if (other) paths.set(other.apiVersion, handling?.type === 'scale' ? handling.scale.replicasPath : undefined);
  }
  return { apiVersion: type.apiVersion, replicasPaths: paths };
}

function validateScale(call: ApiCall, scale: KubeObject): void {
  const spec = scale['spec'];
  const replicas = isJsonObject(spec) ? (spec['replicas'] ?? 0) : 0;
  if (typeof replicas === 'number' && replicas < 0) {
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, call.info.name, [fieldInvalid('spec.replicas', replicas, 'must be greater than or equal to 0')]);
  }
}

/** autoscaling/v1 Scale as a body; its few fields are checked here, so that every resource's scale is read alike. */
function scaleBodyType(): BodyType & { defaults(object: KubeObject): void } {
  return { group: 'autoscaling', version: 'v1', apiVersion: 'autoscaling/v1', kind: 'Scale', custom: false, decode: decodeScale, defaults: () => undefined };
}

function struct(fields: Readonly<Record<string, MergeSchema>>): StructSchema {
  const schemas = new Map<string, FieldSchema>(Object.entries(fields).map(([name, schema]) => [name, { schema }]));
  return { kind: 'struct', atomic: false, preserveUnknown: false, field: (name) => schemas.get(name), fieldNames: () => [...schemas.keys()] };
}

const ANYTHING: MergeSchema = { kind: 'any' };
const NUMBER: MergeSchema = { kind: 'scalar', scalar: 'number' };
const STRING: MergeSchema = { kind: 'scalar', scalar: 'string' };

/** How autoscaling/v1 Scale merges. */
export const SCALE_SCHEMA = struct({
  apiVersion: STRING,
  kind: STRING,
  metadata: ANYTHING,
  spec: struct({ replicas: NUMBER }),
  status: struct({ replicas: NUMBER, selector: STRING }),
});

export function decodeScale(value: JsonObject): Decoded {
  const strictErrors: string[] = [];
  for (const key of Object.keys(value)) {
    if (!['apiVersion', 'kind', 'metadata', 'spec', 'status'].includes(key)) strictErrors.push(`unknown field "${key}"`);
  }
  const spec = value['spec'] ?? {};
  if (!isJsonObject(spec)) throw new DecodeError(`json: cannot unmarshal ${Array.isArray(spec) ? 'array' : typeof spec} into Go struct field Scale.spec of type v1.ScaleSpec`);
  const replicas = spec['replicas'] ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || Math.abs(replicas) > 0x7fffffff) {
    const shown = typeof replicas === 'number' ? `number ${replicas}` : typeof replicas === 'boolean' ? 'bool' : typeof replicas;
    throw new DecodeError(`json: cannot unmarshal ${shown} into Go struct field ScaleSpec.spec.replicas of type int32`);
  }
  const metadata = value['metadata'] ?? {};
  if (!isJsonObject(metadata)) throw new DecodeError(`json: cannot unmarshal ${typeof metadata} into Go struct field Scale.metadata of type v1.ObjectMeta`);
  return {
    object: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: metadata as KubeObject['metadata'], spec: replicas === 0 ? {} : { replicas } },
    strictErrors,
  };
}
