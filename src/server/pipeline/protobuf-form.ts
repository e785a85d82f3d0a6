import type { Facts } from '../../api/facts/facts.ts';
import type * as Protobuf from '../../api/protobuf/index.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json.ts';
import { notAcceptable } from '../../machinery/status-error.ts';
import { ACCEPTED_TYPES } from './negotiation.ts';

/** The binary forms of built-in types. */
export interface ProtobufForms {
  encode(value: JsonObject): Uint8Array;
  encodeList(list: JsonObject, items: readonly JsonObject[]): Uint8Array;
  /** `kind` stands in for a type that the envelope leaves out. */
  decode(bytes: Uint8Array, apiVersion: string, kind: string): JsonObject;
  /** One length-delimited frame of a watch. */
  watchFrame(type: string, object: JsonObject): Uint8Array;
}

const LIST_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

/** Loads the codec with the first request that speaks it, then keeps it. */
export class LazyProtobuf {
  readonly #facts: Facts;
  #forms: ProtobufForms | undefined;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** The codec if it was loaded: watches load it before they begin. */
  get loaded(): ProtobufForms | undefined {
    return this.#forms;
  }

  async load(): Promise<ProtobufForms> {
    this.#forms ??= makeForms(this.#facts, await import('../../api/protobuf/index.ts'));
    return this.#forms;
  }
}

function makeForms(facts: Facts, protobuf: typeof Protobuf): ProtobufForms {
  const codec = protobuf.createProtobufCodec(facts);
  const encode = (value: JsonObject): Uint8Array => {
    const { apiVersion, kind } = value;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !codec.has(apiVersion, kind)) {
      throw notAcceptable(`only the following media types are accepted: ${ACCEPTED_TYPES}`);
    }
    return codec.encode(value);
  };
  return {
    encode,
    encodeList(list, items) {
      const listMeta = facts.typeByName(LIST_META);
      if (!listMeta) throw new Error(`the API's facts do not know ${LIST_META}`);
      const kind = { apiVersion: list['apiVersion'] as string, kind: list['kind'] as string };
      const metadata = isJsonObject(list['metadata']) ? list['metadata'] : {};
      return protobuf.encodeProtobufList(kind, metadata, listMeta, items.map((item) => encodeItem(facts, protobuf, kind, item)));
    },
    decode: (bytes, apiVersion, kind) => codec.decode(bytes, { apiVersion, kind }),
    watchFrame: (type, object) => protobuf.encodeWatchFrame(type, encode(object)),
  };
}

/** An item's message, without the envelope that a single object has. */
function encodeItem(facts: Facts, protobuf: typeof Protobuf, list: { apiVersion: string; kind: string }, item: JsonObject): Uint8Array {
  const slash = list.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : list.apiVersion.slice(0, slash);
  const type = facts.typeOfKind(group, list.apiVersion.slice(slash + 1), list.kind.replace(/List$/, ''));
  if (!type) throw notAcceptable(`only the following media types are accepted: ${ACCEPTED_TYPES}`);
  return protobuf.encodeMessage(item, type);
}
