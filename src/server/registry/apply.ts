import { applyPatch } from '../../machinery/apply/apply-patch.ts';
import { cloneJson, isJsonObject, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, conflict, failure } from '../../machinery/status-error.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import { adoptNamespace } from './create.ts';
import { MAX_BODY_BYTES } from './decode-body.ts';
import { ownershipConversions, ownershipOptions } from './field-ownership.ts';
import type { Outcome } from './outcome.ts';
import type { WriteOptions } from './request-options.ts';
import { DecodeError } from './resource-type.ts';
import { updateObject } from './update.ts';

/** PATCH with an apply configuration: server-side apply, which creates what is not there. */
export async function applyFromRequest(context: RegistryContext, call: ApiCall, options: WriteOptions): Promise<Outcome> {
  const { type } = call;
  const { patch, duplicates } = await readApplyBody(call);
  if (duplicates.length > 0 && options.fieldValidation !== 'Ignore') reportDuplicates(call, duplicates, options);
  const conversions = ownershipConversions(context, call);
  const ownership = ownershipOptions(context, call, options.fieldManager, conversions);
  const strict = strictErrorsOf(call, patch);
  return updateObject(context, call, {
    make: async (current) => {
      const apply = (): ReturnType<typeof applyPatch> => applyPatch(current as KubeObject | undefined, patch, { ...ownership, kind: type.kind, force: options.force ?? false });
      const applied = conversions ? await conversions.settle(apply) : apply();
      if (current !== undefined && !applied.changed) return cloneJson(applied.object);
      checkNames(call, applied.object as unknown as JsonObject, current === undefined);
      reportStrict(call, strict, options);
      return decodeApplied(call, applied.object);
    },
    allowCreate: call.info.subresource === '',
    claim: false,
    options,
  });
}

/** The body as YAML, which JSON is part of. */
export async function readApplyBody(call: ApiCall): Promise<{ patch: JsonObject; duplicates: readonly string[] }> {
  const bytes = await call.request.readBody(MAX_BODY_BYTES);
  const { parseYaml } = await import('../../machinery/parse-yaml.ts');
  let parsed: { value: JsonValue; duplicates: readonly string[] };
  try {
    parsed = parseYaml(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const value = parsed.value ?? {};
  if (!isJsonObject(value)) {
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
  }
  call.recordRequest?.(value);
  return { patch: value, duplicates: parsed.duplicates };
}

function reportDuplicates(call: ApiCall, duplicates: readonly string[], options: WriteOptions): void {
  if (options.fieldValidation === 'Strict') {
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n${duplicates.map((d) => `  ${d}`).join('\n')}`);
  }
  for (const duplicate of duplicates) call.warn(duplicate);
}

/** What strict validation finds in the configuration itself: fields that the type does not know. */
function strictErrorsOf(call: ApiCall, patch: JsonObject): readonly string[] {
  try {
    return call.type.decode(cloneJson(patch)).strictErrors;
  } catch (error) {
    // Wrong types are found, and worded better, by the merge itself.
    if (error instanceof DecodeError) return [];
    throw error;
  }
}

function reportStrict(call: ApiCall, strict: readonly string[], options: WriteOptions): void {
  if (strict.length === 0 || options.fieldValidation === 'Ignore') return;
  if (options.fieldValidation === 'Strict') throw failure({ code: 400, reason: 'BadRequest', message: `strict decoding error: ${strict.join(', ')}` });
  for (const finding of strict) call.warn(finding);
}

/** An object that exists keeps its name where the patch leaves it out. */
function checkNames(call: ApiCall, applied: JsonObject, creating: boolean): void {
  const metadata = isJsonObject(applied['metadata']) ? applied['metadata'] : {};
  const name = metadata['name'] ?? '';
  if (name === '') throw badRequest(`the name of the object (${call.info.name} based on URL) was undeterminable: name must be provided`);
  if (name !== call.info.name) throw badRequest(`the name of the object (${typeof name === 'string' ? name : ''}) does not match the name on the URL (${call.info.name})`);
  const uid = metadata['uid'];
  if (creating && typeof uid === 'string' && uid !== '') {
    throw conflict(call.type, call.info.name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
  }
}

function decodeApplied(call: ApiCall, applied: KubeObject): KubeObject {
  let object: KubeObject;
  try {
    object = call.type.decode(applied as unknown as JsonObject).object;
  } catch (error) {
    if (error instanceof DecodeError) throw failure({ code: 500, message: error.message });
    throw error;
  }
  adoptNamespace(call, object);
  call.type.defaults(object);
  return object;
}
