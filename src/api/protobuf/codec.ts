import { parseApiVersion } from '../../machinery/group-version.ts';
import type { JsonObject } from '../../machinery/json.ts';
import type { Facts } from '../facts/facts.ts';
import type { TypeFacts } from '../facts/type-facts.ts';
import { decodeProtobuf, encodeProtobuf, type KindText } from './envelope.ts';
import { ProtobufError } from './wire-reader.ts';

/** Objects to and from protobuf by the kind that they name. Holds nothing but the facts. */
export interface ProtobufCodec {
  /** False for custom resources, tables, and other kinds that have no protobuf form. */
  has(apiVersion: string, kind: string): boolean;
  /** `object` names its kind. Throws ProtobufError for kinds that have no protobuf form. */
  encode(object: JsonObject): Uint8Array;
  /** `expected` stands in for a kind that the envelope leaves out. Throws ProtobufError. */
  decode(bytes: Uint8Array, expected?: KindText): JsonObject;
}

export function createProtobufCodec(facts: Facts): ProtobufCodec {
  const typeOf = (apiVersion: unknown, kind: unknown): TypeFacts | undefined => {
    const gv = typeof apiVersion === 'string' ? parseApiVersion(apiVersion) : undefined;
    return gv === undefined || typeof kind !== 'string' ? undefined : facts.typeOfKind(gv.group, gv.version, kind);
  };
  return {
    has: (apiVersion, kind) => typeOf(apiVersion, kind) !== undefined,
    encode(object) {
      const type = typeOf(object['apiVersion'], object['kind']);
      if (type === undefined) {
        const kind = typeof object['kind'] === 'string' ? object['kind'] : '';
        throw new ProtobufError(`object ${kind} does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message`);
      }
      return encodeProtobuf(object, type);
    },
    decode: (bytes, expected) => decodeProtobuf(bytes, facts, expected),
  };
}
