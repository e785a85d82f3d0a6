import type { Facts } from '../../api/facts/facts.ts';
import { decodeTyped, emptyObject } from '../../api/types/decode.ts';
import { mergeSchemaOfType } from '../../api/types/merge-schema-of-type.ts';
import { recordUpdate } from '../../machinery/apply/managed-fields.ts';
import { writeEntries } from '../../machinery/apply/manager-entries.ts';
import type { JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { decodeValue, MAX_BODY_BYTES, mediaTypeOf, parseBody, type BodyType } from '../registry/decode-body.ts';
import { endpointKey, type EndpointHandlers } from '../registry/dispatch.ts';
import { ownershipOptions } from '../registry/field-ownership.ts';
import { parseWriteOptions, type WriteOptions } from '../registry/request-options.ts';
import { admissionRequest } from '../registry/write-support.ts';
import { DEFAULT_EXPIRATION_SECONDS, issueToken, prepareTokenRequest, type TokenIssuerOptions, type TokenRequestContext } from './token-request.ts';

const GROUP = 'authentication.k8s.io';
const VERSION = 'v1';
const KIND = 'TokenRequest';
const API_VERSION = `${GROUP}/${VERSION}`;

/** `serviceaccounts/token`: POST of a TokenRequest is answered with a token. A dry run is answered alike. */
export function tokenEndpoint(facts: Facts, options: TokenIssuerOptions): EndpointHandlers {
  const handler = async (context: RegistryContext, call: ApiCall): Promise<{ type: 'object'; status: 201; object: KubeObject }> => {
    const writeOptions = parseWriteOptions('CreateOptions', call.query, false);
    const request = await readTokenRequest(facts, { context, call, writeOptions });
    const about: TokenRequestContext = { namespace: call.info.namespace, name: call.info.name, nowMs: context.clock.now(), warn: (text) => call.warn(text) };
    const admission = {
      ...admissionRequest(call, 'CREATE', { name: call.info.name, object: request, dryRun: writeOptions.dryRun, options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' } }),
      kind: { group: GROUP, version: VERSION, kind: KIND },
    };
    // Plugins that change or restrict requests see the audiences that were asked for, not those that the server fills in.
    await context.admission.admit(admission);
    const prepared = prepareTokenRequest(request, about, options);
    await context.admission.validate({ ...admission, object: prepared });
    return { type: 'object', status: 201, object: issueToken(prepared, about, options) };
  };
  return new Map([[endpointKey('', 'serviceaccounts', 'token'), handler]]);
}

async function readTokenRequest(facts: Facts, { context, call, writeOptions }: { context: RegistryContext; call: ApiCall; writeOptions: WriteOptions }): Promise<KubeObject> {
  const type = facts.typeOfKind(GROUP, VERSION, KIND);
  if (type === undefined) throw new Error(`no type facts for ${API_VERSION} ${KIND}`);
  const bytes = await call.request.readBody(MAX_BODY_BYTES);
  const body = await parseBody(call, mediaTypeOf(call.request.header('content-type')), bytes, KIND);
  const bodyType: BodyType = {
    group: GROUP,
    version: VERSION,
    apiVersion: API_VERSION,
    kind: KIND,
    custom: false,
    decode: (value: JsonObject) => {
      const { object, strictErrors } = decodeTyped(value, type);
      const decoded = object as unknown as KubeObject;
      decoded.metadata ??= {};
      return { object: decoded, strictErrors };
    },
  };
  const request = decodeValue(context, call, bodyType, { ...body, bytes }, writeOptions.fieldValidation);
  const spec = (request['spec'] ??= {}) as Record<string, unknown>;
  spec['expirationSeconds'] ??= DEFAULT_EXPIRATION_SECONDS;
  // What the server fills in is nobody's: the status, and a reference that is not there.
  delete request['status'];
  if (spec['boundObjectRef'] === null) delete spec['boundObjectRef'];
  const { resetFields: _own, versions: _others, ...ownership } = ownershipOptions(context, call, writeOptions.fieldManager);
  // Owned is what differs from an object that says nothing; what was sent as managedFields does not count here.
  delete request.metadata.managedFields;
  const entries = recordUpdate(emptyObject(type), request as unknown as JsonObject, new Map(), { ...ownership, apiVersion: API_VERSION, schema: mergeSchemaOfType(type) });
  const managedFields = writeEntries(entries);
  if (managedFields !== undefined && managedFields.length > 0) request.metadata.managedFields = managedFields;
  return request;
}
