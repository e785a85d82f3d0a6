import { getOwn, isJsonObject, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { stringifyJson } from '../../machinery/parse-json.ts';
import { WIRE_FIXED64, WireWriter } from '../protobuf/wire-writer.ts';
import { V2_MESSAGES } from './protobuf-form-v2.ts';
import { V3_MESSAGES } from './protobuf-form-v3.ts';
import type { MessageShapes, Shape } from './protobuf-shape.ts';
import type { Dialect } from './schema.ts';

/** Media types of OpenAPI documents in the protobuf form of google/gnostic, which kubectl and client-go ask for. */
export const OPENAPI_PROTOBUF_MEDIA_TYPES: Readonly<Record<Dialect, string>> = {
  v2: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  v3: 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf',
};

/** A document in protobuf. Members that the form does not know are left out. */
export function openApiProtobuf(document: JsonObject, dialect: Dialect): Uint8Array {
  const writer = new WireWriter();
  new FormWriter(writer, dialect === 'v2' ? V2_MESSAGES : V3_MESSAGES).message(document, 'Document');
  return writer.finish();
}

class FormWriter {
  readonly #writer: WireWriter;
  readonly #shapes: MessageShapes;

  constructor(writer: WireWriter, shapes: MessageShapes) {
    this.#writer = writer;
    this.#shapes = shapes;
  }

  /** The order of fields is free: members are written last to first, so that repeated ones keep their order. */
  message(value: JsonObject, name: string): void {
    const shape = getOwn(this.#shapes, name);
    if (shape === undefined) throw new Error(`no message ${name}`);
    for (const key of Object.keys(value).toReversed()) {
      const member = value[key];
      if (member === undefined || member === null) continue;
      const field = getOwn(shape.fields, key);
      if (field !== undefined) this.#field(field[0], member, field[1]);
      else if (shape.extensions !== undefined && key.startsWith('x-')) this.#named(shape.extensions, key, member, 'any');
      else if (shape.others !== undefined) this.#named(shape.others[0], key, member, shape.others[1]);
    }
  }

  #field(number: number, value: JsonValue, shape: Shape): void {
    if (typeof shape === 'string') this.#scalar(number, value, shape);
    else if ('choose' in shape) {
      const chosen = shape.choose(value);
      if (chosen !== undefined) this.#field(number, value, chosen);
    } else if ('list' in shape) {
      if (Array.isArray(value)) for (const item of value.toReversed()) this.#field(number, item, shape.list);
    } else if ('named' in shape) {
      if (isJsonObject(value)) for (const key of Object.keys(value).toReversed()) this.#named(number, key, value[key] ?? null, shape.named);
    } else if ('in' in shape) {
      this.#nested(number, () => this.#field(shape.in, value, shape.of));
    } else if (isJsonObject(value)) {
      this.#nested(number, () => this.message(value, shape.message));
    }
  }

  #scalar(number: number, value: JsonValue, shape: 'string' | 'boolean' | 'integer' | 'double' | 'any'): void {
    const writer = this.#writer;
    if (shape === 'any') this.#nested(number, () => writer.textField(2, stringifyJson(value)));
    else if (shape === 'string' && typeof value === 'string') writer.textField(number, value);
    else if (shape === 'boolean' && value === true) writer.integerField(number, 1);
    else if (shape === 'integer' && (typeof value === 'number' || typeof value === 'bigint')) writer.integerField(number, value);
    else if (shape === 'double' && (typeof value === 'number' || typeof value === 'bigint')) {
      writer.double(Number(value));
      writer.tag(number, WIRE_FIXED64);
    }
  }

  #named(number: number, key: string, value: JsonValue, shape: Shape): void {
    this.#nested(number, () => {
      this.#field(2, value, shape);
      this.#writer.textField(1, key);
    });
  }

  #nested(number: number, write: () => void): void {
    const before = this.#writer.length;
    write();
    this.#writer.closeMessage(number, before);
  }
}
