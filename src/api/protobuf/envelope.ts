import { Buffer } from 'node:buffer';
import { parseApiVersion } from '../../machinery/group-version.ts';
import type { JsonObject } from '../../machinery/json.ts';
import type { Facts } from '../facts/facts.ts';
import type { TypeFacts } from '../facts/type-facts.ts';
import { asBuffer, decodeMessage } from './decode.ts';
import { writeMessage } from './encode.ts';
import { ProtobufError, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

export const PROTOBUF_MEDIA_TYPE = 'application/vnd.kubernetes.protobuf';

/** Every object begins with these four bytes, an envelope that names its kind follows (runtime.Unknown). */
const MAGIC = Buffer.from('k8s\0', 'latin1');

export interface KindText {
  readonly apiVersion: string;
  readonly kind: string;
}

/** An object in its envelope, byte for byte what kube-apiserver sends. `kind` and `apiVersion` come from the object, or else are the type's first. */
export function encodeProtobuf(object: JsonObject, type: TypeFacts): Uint8Array {
  const { apiVersion, kind } = object;
  const [first] = type.kinds;
  const known = first === undefined ? { apiVersion: '', kind: '' } : { apiVersion: first.group === '' ? first.version : `${first.group}/${first.version}`, kind: first.kind };
  const writer = new WireWriter();
  writeEnvelope(writer, { apiVersion: typeof apiVersion === 'string' ? apiVersion : known.apiVersion, kind: typeof kind === 'string' ? kind : known.kind }, () =>
    writeMessage(writer, object, type),
  );
  return writer.finish();
}

/** A message that is encoded already, in an envelope of the given kind. */
export function wrapProtobuf(message: Uint8Array, kind: KindText): Uint8Array {
  const writer = new WireWriter();
  writeEnvelope(writer, kind, () => writer.raw(message));
  return writer.finish();
}

/** A list from its items' messages (see encodeMessage), so that lists cost no encoding where items keep their bytes. `listMetaType` is meta/v1 ListMeta. */
export function encodeProtobufList(kind: KindText, metadata: JsonObject, listMetaType: TypeFacts, items: readonly Uint8Array[]): Uint8Array {
  const writer = new WireWriter();
  writeEnvelope(writer, kind, () => {
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i];
      if (item !== undefined) writer.bytesField(2, item);
    }
    const before = writer.length;
    writeMessage(writer, metadata, listMetaType);
    writer.closeMessage(1, before);
  });
  return writer.finish();
}

function writeEnvelope(writer: WireWriter, { apiVersion, kind }: KindText, writeBody: () => void): void {
  // contentType and contentEncoding, empty.
  writer.textField(4, '');
  writer.textField(3, '');
  const afterBody = writer.length;
  writeBody();
  writer.closeMessage(2, afterBody);
  const afterKind = writer.length;
  writer.textField(2, kind);
  writer.textField(1, apiVersion);
  writer.closeMessage(1, afterKind);
  writer.raw(MAGIC);
}

export interface OpenedEnvelope extends KindText {
  readonly message: Uint8Array;
}

export function isProtobuf(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.equals(asBuffer(bytes).subarray(0, MAGIC.length));
}

/** Takes the envelope off; a view of the message is returned. Throws ProtobufError. */
export function openEnvelope(bytes: Uint8Array): OpenedEnvelope {
  if (!isProtobuf(bytes)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const reader = new WireReader(asBuffer(bytes), MAGIC.length);
  let apiVersion = '';
  let kind = '';
  let message: Uint8Array = Buffer.alloc(0);
  let contentType = '';
  while (reader.next()) {
    if (reader.number === 1) {
      const typeMeta = reader.message();
      while (typeMeta.next()) {
        if (typeMeta.number === 1) apiVersion = typeMeta.text();
        else if (typeMeta.number === 2) kind = typeMeta.text();
        else typeMeta.skip();
      }
    } else if (reader.number === 2) message = reader.bytes();
    else if (reader.number === 4) contentType = reader.text();
    else reader.skip();
  }
  if (contentType !== '' && contentType !== PROTOBUF_MEDIA_TYPE) {
    throw new ProtobufError(`protobuf-encoded Unknown object specifies unsupported content type ${contentType}`);
  }
  return { apiVersion, kind, message };
}

/**
 * An object out of its envelope, with `apiVersion` and `kind`. `expected` stands in for what the envelope leaves out, as
 * Kubernetes allows. Throws ProtobufError for malformed bytes and for kinds that have no protobuf form.
 */
export function decodeProtobuf(bytes: Uint8Array, facts: Facts, expected?: KindText): JsonObject {
  const opened = openEnvelope(bytes);
  const apiVersion = opened.apiVersion === '' ? (expected?.apiVersion ?? '') : opened.apiVersion;
  const kind = opened.kind === '' ? (expected?.kind ?? '') : opened.kind;
  const gv = parseApiVersion(apiVersion);
  const type = gv === undefined ? undefined : facts.typeOfKind(gv.group, gv.version, kind);
  if (type === undefined) throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return Object.assign({ kind, apiVersion } as JsonObject, decodeMessage(opened.message, type));
}
