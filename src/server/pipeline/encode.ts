import type { DeepReadonly, JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { stringifyJson } from '../../machinery/parse-json.ts';
import type { ApiResponse, BytesResponse, StreamSink } from '../http/api-request.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { inRequestVersion, inRequestVersions, isStoredIn } from '../registry/conversion.ts';
import type { ListOutcome, Outcome } from '../registry/outcome.ts';
import type { ResourceType } from '../registry/resource-type.ts';
import type { ServedObject } from '../registry/served-object.ts';
import { CONTENT_TYPES, type AcceptedForm, type Format } from './negotiation.ts';
import type { LazyProtobuf } from './protobuf-form.ts';
import { listMeta, parseIncludeObject, transformList, transformObject } from './transform.ts';

const LIST_TAIL = Buffer.from(']}\n');
const COMMA = 0x2c;
/** Lists beyond this (a page of 500 pods is smaller) are written as they are made, so that memory stays flat however long they are. */
const STREAM_BEYOND_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** Puts what an operation came to into the form that the client accepts. */
export async function encodeOutcome(context: RegistryContext, call: ApiCall, outcome: Outcome): Promise<ApiResponse> {
  switch (outcome.type) {
    case 'response':
      return outcome.response;
    case 'status':
      return encodeValue(context.protobuf, outcome.status.code ?? 200, outcome.status, call.form.format);
    case 'stored':
      return encodeStoredObject(context, call, outcome.status, outcome.object);
    case 'object':
      return encodeObject(context, call, outcome.status, outcome.object);
    case 'list':
      return encodeList(context, call, outcome.list);
  }
}

/** Copies the answer out of the stored bytes where the client wants just what is stored. */
export function encodeStoredObject(context: RegistryContext, call: ApiCall, status: number, object: ServedObject): BytesResponse | Promise<BytesResponse> {
  const { type, form } = call;
  if (form.format === 'json' && !form.as && isStoredIn(type, object) && !wantsPretty(call)) {
    return { type: 'bytes', status, contentType: 'application/json', body: [type.head.answer(object.value, object.revision)] };
  }
  return encodeServed(context, call, status, object);
}

async function encodeServed(context: RegistryContext, call: ApiCall, status: number, object: ServedObject): Promise<BytesResponse> {
  return encodeObject(context, call, status, await inRequestVersion(call.type, object));
}

async function encodeObject(context: RegistryContext, call: ApiCall, status: number, object: DeepReadonly<KubeObject>): Promise<BytesResponse> {
  const { as, format } = call.form;
  const view = as ? transformObject(transformContext(context, call, as), object) : object;
  return encodeValue(context.protobuf, status, view, format, wantsPretty(call));
}

function transformContext(context: RegistryContext, call: ApiCall, as: NonNullable<AcceptedForm['as']>) {
  return { type: call.type, as, include: parseIncludeObject(call.query), nowMs: context.clock.now() };
}

/** `?pretty=1`, or a client that shows answers to people. */
function wantsPretty(call: ApiCall): boolean {
  const pretty = call.query.size === 0 ? null : call.query.get('pretty');
  if (pretty !== null) return pretty !== 'false' && pretty !== '0';
  const agent = call.request.header('user-agent');
  return agent !== undefined && (agent.startsWith('curl') || agent.startsWith('Wget') || agent.startsWith('Mozilla/5.0'));
}

/** Any value with `kind` and `apiVersion`, in the format asked for. */
export async function encodeValue(protobuf: LazyProtobuf, status: number, value: unknown, format: Format, pretty = false): Promise<BytesResponse> {
  const contentType = CONTENT_TYPES[format];
  switch (format) {
    case 'json':
      return { type: 'bytes', status, contentType, body: [Buffer.from(pretty ? `${JSON.stringify(value, null, 2)}\n` : `${stringifyJson(value)}\n`)] };
    case 'yaml': {
      const { stringifyYaml } = await import('../../machinery/parse-yaml.ts');
      return { type: 'bytes', status, contentType, body: [Buffer.from(stringifyYaml(value))] };
    }
    case 'protobuf': {
      const forms = await protobuf.load();
      return { type: 'bytes', status, contentType, body: [forms.encode(value as JsonObject)] };
    }
  }
}

async function encodeList(context: RegistryContext, call: ApiCall, list: ListOutcome): Promise<ApiResponse> {
  const { type, form } = call;
  if (form.as) {
    const objects = await inRequestVersions(type, list.items);
    return encodeValue(context.protobuf, 200, transformList(transformContext(context, call, form.as), objects, list), form.format, wantsPretty(call));
  }
  if (form.format !== 'json' || wantsPretty(call)) {
    const items = (await inRequestVersions(type, list.items)).map((object) => listItem(type, object));
    const view = { kind: type.listKind, apiVersion: type.apiVersion, metadata: plainListMeta(type, list), items };
    if (form.format === 'protobuf') {
      const forms = await context.protobuf.load();
      const bytes = forms.encodeList(view as unknown as JsonObject, items as JsonObject[]);
      return { type: 'bytes', status: 200, contentType: CONTENT_TYPES.protobuf, body: [bytes] };
    }
    return encodeValue(context.protobuf, 200, view, form.format, wantsPretty(call));
  }
  const head = Buffer.from(`{"kind":${JSON.stringify(type.listKind)},"apiVersion":${JSON.stringify(type.apiVersion)},"metadata":${JSON.stringify(plainListMeta(type, list))},"items":[`);
  // What is converted elsewhere is so in one go, before the first byte is sent: a failure still has an answer.
  const converted = type.conversion && (await inRequestVersions(type, list.items));
  const chunks = listChunks(type, list, { head, converted });
  const first = chunks.next();
  if (first.done) return { type: 'bytes', status: 200, contentType: 'application/json', body: [head, LIST_TAIL] };
  if (first.value.last) return { type: 'bytes', status: 200, contentType: 'application/json', body: [first.value.bytes] };
  return {
    type: 'stream',
    status: 200,
    contentType: 'application/json',
    start: (sink) => streamList(sink, first.value.bytes, chunks),
  };
}

/** Plain lists of custom resources always say where they go on. */
function plainListMeta(type: ResourceType, list: ListOutcome): Record<string, unknown> {
  return type.custom ? { continue: '', ...listMeta(list) } : listMeta(list);
}

/** Items of built-in lists go without their type. */
function listItem(type: ResourceType, object: DeepReadonly<KubeObject>): unknown {
  if (type.custom) return object;
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
  return rest;
}

interface ListChunk {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

interface ListParts {
  readonly head: Buffer;
  /** All items in the request's version; absent for kinds that are converted at once. */
  readonly converted: readonly DeepReadonly<KubeObject>[] | undefined;
}

/** A list's JSON, head and end included, in pieces of bounded size; one piece for lists that are not large. None without items. */
function* listChunks(type: ResourceType, list: ListOutcome, { head, converted: objects }: ListParts): Generator<ListChunk> {
  const { items } = list;
  let limit = STREAM_BEYOND_BYTES;
  let from = 0;
  while (from < items.length) {
    let size = from === 0 ? head.length : 0;
    let to = from;
    const converted: (Buffer | undefined)[] = [];
    while (to < items.length && (size < limit || to === from)) {
      const item = items[to];
      if (!item) break;
      const other = isStoredIn(type, item) ? undefined : Buffer.from(stringifyJson(listItem(type, objects?.[to] ?? (inRequestVersion(type, item) as DeepReadonly<KubeObject>))));
      converted.push(other);
      size += (other ? other.length : type.head.itemLength(item.value, item.revision)) + 1;
      to++;
    }
    const last = to >= items.length;
    const bytes = Buffer.allocUnsafe(last ? size + LIST_TAIL.length : size);
    let at = from === 0 ? head.copy(bytes) : 0;
    for (let i = from; i < to; i++) {
      const item = items[i];
      if (!item) break;
      if (i > 0) bytes[at++] = COMMA;
      const other = converted[i - from];
      at = other ? at + other.copy(bytes, at) : type.head.writeItem(bytes, at, item.value, item.revision);
    }
    if (last) at += LIST_TAIL.copy(bytes, at);
    from = to;
    limit = CHUNK_BYTES;
    yield { bytes: bytes.subarray(0, at), last };
  }
}

function streamList(sink: StreamSink, first: Uint8Array, chunks: Generator<ListChunk>): void {
  let closed = false;
  sink.onClose(() => {
    closed = true;
  });
  const pump = (): void => {
    while (!closed) {
      const next = chunks.next();
      if (next.done) {
        sink.end();
        return;
      }
      if (!sink.write(next.value.bytes)) {
        sink.onDrain(pump);
        return;
      }
    }
  };
  if (sink.write(first)) pump();
  else sink.onDrain(pump);
}
