import { Buffer } from 'node:buffer';
import { WireReader } from './wire-reader.ts';
import { asBuffer } from './decode.ts';
import { ProtobufError } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** Content type of a watch in protobuf. */
export const PROTOBUF_WATCH_MEDIA_TYPE = 'application/vnd.kubernetes.protobuf;stream=watch';

const LENGTH_BYTES = 4;

/**
 * One event of a watch: its length in four bytes, big end first, then the bare WatchEvent message {type = 1, object = 2},
 * whose object is the enveloped one. `object` is what `encodeProtobuf` made.
 */
export function encodeWatchFrame(type: string, object: Uint8Array): Uint8Array {
  const writer = new WireWriter();
  const before = writer.length;
  writer.bytesField(1, object);
  writer.closeMessage(2, before);
  writer.textField(1, type);
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt32BE(writer.length);
  writer.raw(length);
  return writer.finish();
}

export interface WatchFrame {
  readonly type: string;
  /** In its envelope; a view. */
  readonly object: Uint8Array;
}

/** Reads events out of a byte stream as it comes; frames longer than `maxBytes` are refused. */
export class WatchFrameReader {
  #pending: Buffer = Buffer.alloc(0);
  readonly #maxBytes: number;

  constructor(maxBytes = 16 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  /** The events that are complete with this chunk. Throws ProtobufError. */
  push(chunk: Uint8Array): WatchFrame[] {
    this.#pending = this.#pending.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#pending, chunk]);
    const frames: WatchFrame[] = [];
    for (;;) {
      if (this.#pending.length < LENGTH_BYTES) return frames;
      const length = this.#pending.readUInt32BE();
      if (length > this.#maxBytes) throw new ProtobufError(`frame of ${length} bytes is too large`);
      if (this.#pending.length < LENGTH_BYTES + length) return frames;
      frames.push(readFrame(this.#pending.subarray(LENGTH_BYTES, LENGTH_BYTES + length)));
      this.#pending = this.#pending.subarray(LENGTH_BYTES + length);
    }
  }
}

function readFrame(bytes: Buffer): WatchFrame {
  const reader = new WireReader(bytes);
  let type = '';
  let object: Uint8Array = Buffer.alloc(0);
  while (reader.next()) {
    if (reader.number === 1) type = reader.text();
    else if (reader.number === 2) {
      const raw = reader.message();
      while (raw.next()) {
        if (raw.number === 1) object = raw.bytes();
        else raw.skip();
      }
    } else reader.skip();
  }
  return { type, object };
}
