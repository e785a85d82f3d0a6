import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../machinery/json.ts';
import { loadFacts } from '../facts/facts.ts';
import type { TypeFacts } from '../facts/type-facts.ts';
import { createProtobufCodec } from './codec.ts';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { decodeProtobuf, encodeProtobuf, encodeProtobufList, isProtobuf, openEnvelope, wrapProtobuf } from './envelope.ts';
import { encodeWatchFrame, WatchFrameReader } from './watch-frames.ts';
import { ProtobufError } from './wire-reader.ts';

interface Sample {
  readonly json: JsonObject & { readonly apiVersion: string; readonly kind: string };
  /** Base64. */
  readonly protobuf: string;
}

const facts = loadFacts();
/** Objects as kube-apiserver sent them, in both forms. */
const samples = JSON.parse(readFileSync(new URL('samples.json', import.meta.url), 'utf8')) as Sample[];

function typeOf(apiVersion: string, kind: string): TypeFacts {
  const slash = apiVersion.lastIndexOf('/');
  const type = facts.typeOfKind(slash < 0 ? '' : apiVersion.slice(0, slash), apiVersion.slice(slash + 1), kind);
  if (type === undefined) throw new Error(`no type for ${kind}`);
  return type;
}

function roundTrip(object: JsonObject & { apiVersion: string; kind: string }): JsonObject {
  return decodeProtobuf(encodeProtobuf(object, typeOf(object.apiVersion, object.kind)), facts);
}

describe.each(samples.map((sample) => [sample.json.kind, sample] as const))('a %s of kube-apiserver', (_, sample) => {
  const bytes = Buffer.from(sample.protobuf, 'base64');

  test('decodes to its JSON', () => {
    expect(decodeProtobuf(bytes, facts)).toEqual(sample.json);
  });

  test('encodes to its bytes', () => {
    expect(Buffer.from(encodeProtobuf(sample.json, typeOf(sample.json.apiVersion, sample.json.kind))).equals(bytes)).toBe(true);
  });
});

describe('values', () => {
  test.each([0, 1, -1, 127, 128, 2 ** 31, -(2 ** 31), Number.MAX_SAFE_INTEGER, 9_007_199_254_740_993n, -(2n ** 63n), 2n ** 63n - 1n])('the integer %s survives', (value) => {
    const type = typeOf('v1', 'Pod');
    const pod = decodeMessage(encodeMessage({ metadata: { deletionGracePeriodSeconds: value }, spec: {}, status: {} }, type), type);
    expect(pod['metadata']).toEqual({ deletionGracePeriodSeconds: value });
  });

  test('texts of every length and script survive', () => {
    const data = { empty: '', ascii: 'x'.repeat(300), greek: 'κυβερνήτης', emoji: '⎈🚢'.repeat(20), __proto__of: 'x' };
    expect(roundTrip({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data })).toMatchObject({ data });
  });

  test('keys that every object inherits are data', () => {
    const data = JSON.parse('{"__proto__": "a", "constructor": "b"}') as JsonObject;
    const { data: got } = roundTrip({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data });
    expect(Object.entries(got as JsonObject)).toEqual([['__proto__', 'a'], ['constructor', 'b']]);
  });

  test('a schema and what stands in for one survive', () => {
    const schema = {
      type: 'object',
      properties: {
        list: { type: 'array', items: { type: 'string', default: 'x', enum: ['x', null, 1] } },
        map: { type: 'object', additionalProperties: { type: 'number', minimum: 0.5 } },
        closed: { type: 'object', additionalProperties: false },
        any: { 'x-kubernetes-preserve-unknown-fields': true, default: { a: [1, 'b'] } },
      },
    };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }];
    const names = { plural: 'things', kind: 'Thing' };
    const crd = roundTrip({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: {}, spec: { group: 'example.com', scope: 'Cluster', names, versions } });
    expect(crd).toMatchObject({ spec: { versions } });
  });

  test('lists of strings in messages of their own survive', () => {
    const spec = { user: 'a', extra: { scopes: ['x', 'y'], none: [] } };
    expect(roundTrip({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {}, spec })).toMatchObject({ spec });
    const resources = [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get'] }];
    expect(roundTrip({ apiVersion: 'v1', kind: 'APIResourceList', groupVersion: 'v1', resources })).toMatchObject({ resources });
  });

  test('partial metadata and delete options have a protobuf form', () => {
    expect(roundTrip({ apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: { name: 'a' } })).toEqual({
      apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: { name: 'a' },
    });
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, propagationPolicy: 'Foreground', preconditions: { uid: 'u' } };
    expect(roundTrip(options)).toEqual(options);
  });

  test('quantities from clients become canonical', () => {
    const message = encodeMessage({ spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1000m' } } }] } }, typeOf('v1', 'Pod'));
    expect(decodeMessage(message, typeOf('v1', 'Pod'))).toMatchObject({ spec: { containers: [{ resources: { limits: { cpu: '1' } } }] } });
  });
});

describe('the envelope', () => {
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const message = encodeMessage({ metadata: { name: 'a' }, data: { k: 'v' } }, typeOf('v1', 'ConfigMap'));

  test('opens to its kind and message', () => {
    const opened = openEnvelope(wrapProtobuf(message, kind));
    expect(opened).toMatchObject(kind);
    expect(Buffer.from(opened.message).equals(Buffer.from(message))).toBe(true);
  });

  test('may leave the kind to what is expected', () => {
    expect(decodeProtobuf(wrapProtobuf(message, { apiVersion: '', kind: '' }), facts, kind)).toEqual({ ...kind, metadata: { name: 'a' }, data: { k: 'v' } });
  });

  test('a list made of its items’ messages is the list encoded as a whole', () => {
    const listMeta = facts.typeByName('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta');
    if (listMeta === undefined) throw new Error('no ListMeta');
    const list = { apiVersion: 'v1', kind: 'ConfigMapList', metadata: { resourceVersion: '7' }, items: [{ metadata: { name: 'a' }, data: { k: 'v' } }, { metadata: { name: 'b' } }] };
    const items = list.items.map((item) => encodeMessage(item, typeOf('v1', 'ConfigMap')));
    const made = encodeProtobufList({ apiVersion: 'v1', kind: 'ConfigMapList' }, list.metadata, listMeta, items);
    expect(Buffer.from(made).equals(Buffer.from(encodeProtobuf(list, typeOf('v1', 'ConfigMapList'))))).toBe(true);
  });

  test.each<[string, () => Uint8Array]>([
    ['JSON', () => Buffer.from('{}')],
    ['nothing', () => Buffer.alloc(0)],
    ['half an object', () => wrapProtobuf(message, kind).subarray(0, 20)],
    ['a length beyond the end', () => wrapProtobuf(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f]), kind)],
    ['a varint without end', () => wrapProtobuf(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), kind)],
    ['a field of the wrong wire type', () => wrapProtobuf(Buffer.from([0x08, 0x01]), kind)],
    ['a kind without protobuf', () => wrapProtobuf(message, { apiVersion: 'example.com/v1', kind: 'Thing' })],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeProtobuf(bytes(), facts)).toThrow(ProtobufError);
  });

  test('fields of later versions are skipped', () => {
    const unknown = Buffer.from([0xf8, 0x7f, 0x05, 0xfa, 0x7f, 0x02, 0x68, 0x69]);
    expect(decodeProtobuf(wrapProtobuf(Buffer.concat([message, unknown]), kind), facts)).toEqual({ ...kind, metadata: { name: 'a' }, data: { k: 'v' } });
  });

  test('is told from JSON by its first bytes', () => {
    expect(isProtobuf(wrapProtobuf(message, kind))).toBe(true);
    expect(isProtobuf(Buffer.from('{"kind":"Pod"}'))).toBe(false);
  });
});

describe('the codec', () => {
  const codec = createProtobufCodec(facts);

  test('finds the type by what the object says of itself', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { k: 'eA==' }, type: 'Opaque' };
    expect(codec.decode(codec.encode(secret))).toEqual(secret);
  });

  test('has no form for custom resources and tables', () => {
    expect(codec.has('example.com/v1', 'Thing')).toBe(false);
    expect(codec.has('meta.k8s.io/v1', 'Table')).toBe(false);
    expect(() => codec.encode({ apiVersion: 'example.com/v1', kind: 'Thing' })).toThrow(ProtobufError);
  });
});

describe('watch events', () => {
  const object = encodeProtobuf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }, typeOf('v1', 'ConfigMap'));

  test('come out of a stream however it is cut', () => {
    const stream = Buffer.concat([encodeWatchFrame('ADDED', object), encodeWatchFrame('DELETED', object)]);
    for (const size of [1, 3, 7, stream.length]) {
      const reader = new WatchFrameReader();
      const types: string[] = [];
      for (let at = 0; at < stream.length; at += size) {
        for (const frame of reader.push(stream.subarray(at, at + size))) {
          types.push(frame.type);
          expect(decodeProtobuf(frame.object, facts)).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a' } });
        }
      }
      expect(types).toEqual(['ADDED', 'DELETED']);
    }
  });

  test('frames without measure are refused', () => {
    expect(() => new WatchFrameReader(1024).push(Buffer.from([0x7f, 0, 0, 0]))).toThrow(ProtobufError);
  });
});
