import { cloneJson, isJsonObject, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import { fieldInvalid } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, invalid } from '../../machinery/status-error.ts';
import { inRequestVersion } from '../pipeline/encode.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import { decodeValue, mediaTypeOf, MAX_BODY_BYTES, parseBody, type BodyType } from './decode-body.ts';
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
  return { type: 'object', status: 200, object: mapping.toScale(inRequestVersion(call.type, outcome.object)) };
}

export async function updateScale(context: RegistryContext, call: ApiCall, mapping: ScaleMapping): Promise<Outcome> {
  const options = parseWriteOptions('UpdateOptions', call.query, false);
  const bytes = await call.request.readBody(MAX_BODY_BYTES);
  const parsed = await parseBody(call, mediaTypeOf(call.request.header('content-type')), bytes, 'Scale');
  const type = scaleBodyType();
  const scale = decodeValue(context, call, type, { ...parsed, bytes }, options.fieldValidation);
  const name = scale.metadata.name ?? '';
  if (name !== '' && name !== call.info.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.info.name})`);
  return writeScale(context, call, mapping, options, () => scale);
}

export async function patchScale(context: RegistryContext, call: ApiCall, mapping: ScaleMapping): Promise<Outcome> {
  const mediaType = patchType(call);
  const options = parseWriteOptions('PatchOptions', call.query, mediaType === APPLY_PATCH);
  if (mediaType === APPLY_PATCH) throw badRequest('server-side apply is not supported on the scale subresource yet');
  const { patch, duplicates } = await readPatch(call, mediaType);
  return writeScale(context, call, mapping, options, (current) => {
    const patched = patch(current as unknown as JsonObject);
    return decodePatched(call, scaleBodyType(), patched, duplicates, options.fieldValidation);
  });
}

async function writeScale(context: RegistryContext, call: ApiCall, mapping: ScaleMapping, options: WriteOptions, change: (current: KubeObject) => KubeObject): Promise<Outcome> {
  const outcome = await updateObject(context, call, {
    make: (current) => {
      const object = cloneJson(current) as KubeObject;
      const scale = change(mapping.toScale(object as DeepReadonly<KubeObject>));
      validateScale(call, scale);
      mapping.applyScale(object, scale);
      const version = scale.metadata.resourceVersion;
      if (version !== undefined && version !== '') object.metadata.resourceVersion = version;
      else delete object.metadata.resourceVersion;
      return object;
    },
    allowCreate: false,
    claim: true,
    options,
  });
  if (outcome.type === 'stored') return { type: 'object', status: outcome.status, object: mapping.toScale(inRequestVersion(call.type, outcome.object)) };
  if (outcome.type === 'object') return { ...outcome, object: mapping.toScale(outcome.object as DeepReadonly<KubeObject>) };
  return outcome;
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

function decodeScale(value: JsonObject): Decoded {
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
