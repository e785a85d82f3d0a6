import type { Facts } from '../../api/facts/facts.ts';
import { decodeTyped } from '../../api/types/decode.ts';
import { formatApiVersion, type GroupVersion } from '../../machinery/group-version.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { decodeValue, MAX_BODY_BYTES, mediaTypeOf, parseBody, type BodyType } from '../registry/decode-body.ts';
import type { WriteOptions } from '../registry/request-options.ts';

export interface TypedBody {
  readonly kind: string;
  /** The versions taken, all of one shape: that of the first, which is also the one of bodies that name none. */
  readonly versions: readonly [GroupVersion, ...GroupVersion[]];
}

/** Reads a body whose type is not its resource's own (Binding, Eviction), in any of the versions that the type is taken in. */
export async function readTypedBody(facts: Facts, about: { readonly context: RegistryContext; readonly call: ApiCall; readonly options: WriteOptions }, typed: TypedBody): Promise<KubeObject> {
  const { context, call, options } = about;
  const bytes = await call.request.readBody(MAX_BODY_BYTES);
  const body = await parseBody(call, mediaTypeOf(call.request.header('content-type')), bytes, typed.kind);
  const stated = isJsonObject(body.value) ? body.value['apiVersion'] : undefined;
  const version = typed.versions.find((candidate) => formatApiVersion(candidate) === stated) ?? typed.versions[0];
  const object = decodeValue(context, call, bodyType(facts, typed, version), { ...body, bytes }, options.fieldValidation);
  call.recordRequest?.(object);
  return object;
}

function bodyType(facts: Facts, { kind, versions: [shape] }: TypedBody, { group, version }: GroupVersion): BodyType {
  const apiVersion = formatApiVersion({ group, version });
  const type = facts.typeOfKind(shape.group, shape.version, kind);
  if (!type) throw new Error(`no type facts for ${formatApiVersion(shape)} ${kind}`);
  return {
    group,
    version,
    apiVersion,
    kind,
    custom: false,
    decode: (value: JsonObject) => {
      const { object, strictErrors } = decodeTyped(value, type);
      const decoded = object as unknown as KubeObject;
      decoded.metadata ??= {};
      return { object: decoded, strictErrors };
    },
  };
}
