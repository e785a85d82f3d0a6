/** Kubernetes' protobuf, loaded when the first client asks for it. */
export { createProtobufCodec, type ProtobufCodec } from './codec.ts';
export { decodeMessage } from './decode.ts';
export { encodeMessage } from './encode.ts';
export { decodeProtobuf, encodeProtobuf, encodeProtobufList, isProtobuf, openEnvelope, PROTOBUF_MEDIA_TYPE, wrapProtobuf, type KindText, type OpenedEnvelope } from './envelope.ts';
export { encodeWatchFrame, PROTOBUF_WATCH_MEDIA_TYPE, WatchFrameReader, type WatchFrame } from './watch-frames.ts';
export { ProtobufError } from './wire-reader.ts';
