import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { WireReader } from '../protobuf/wire-reader.ts';
import { openApiProtobuf } from './protobuf-form.ts';

/** What a path of field numbers leads to: the texts and messages there, in order. */
function at(bytes: Uint8Array, ...path: number[]): WireReader[] {
  let readers = [new WireReader(Buffer.from(bytes))];
  for (const number of path) {
    readers = readers.flatMap((reader) => {
      const found: WireReader[] = [];
      while (reader.next()) {
        if (reader.number === number && reader.wire === 2) found.push(reader.message());
        else reader.skip();
      }
      return found;
    });
  }
  return readers;
}

function texts(bytes: Uint8Array, ...path: number[]): string[] {
  return at(bytes, ...path.slice(0, -1)).flatMap((reader) => {
    const found: string[] = [];
    while (reader.next()) {
      if (reader.number === path.at(-1)) found.push(reader.text());
      else reader.skip();
    }
    return found;
  });
}

describe('version 2', () => {
  const bytes = openApiProtobuf(
    {
      swagger: '2.0',
      info: { title: 'Kubernetes', version: '1.36' },
      paths: {
        '/a/{name}': {
          parameters: [{ in: 'path', name: 'name', type: 'string', required: true }],
          patch: { operationId: 'patchA', parameters: [{ in: 'body', name: 'body', schema: { $ref: '#/definitions/A' } }, { in: 'query', name: 'force', type: 'boolean' }], 'x-kubernetes-action': 'patch' },
        },
        '/b': {},
      },
      definitions: { A: { type: 'object', required: ['x', 'y'], properties: { x: { type: 'array', items: { type: 'string' } }, y: { additionalProperties: { type: 'integer' } } } } },
    },
    'v2',
  );

  test('paths keep their order and names', () => {
    expect(texts(bytes, 8, 2, 1)).toEqual(['/a/{name}', '/b']);
  });

  test('operations, their parameters and extensions are where gnostic looks for them', () => {
    expect(texts(bytes, 8, 2, 2, 8, 5)).toEqual(['patchA']);
    expect(texts(bytes, 8, 2, 2, 8, 8, 1, 1, 2)).toEqual(['body']);
    expect(texts(bytes, 8, 2, 2, 8, 8, 1, 2, 3, 4)).toEqual(['force']);
    expect(texts(bytes, 8, 2, 2, 9, 1, 2, 4, 4)).toEqual(['name']);
    expect(texts(bytes, 8, 2, 2, 8, 13, 1)).toEqual(['x-kubernetes-action']);
    expect(texts(bytes, 8, 2, 2, 8, 13, 2, 2)).toEqual(['"patch"']);
  });

  test('definitions hold schemas', () => {
    expect(texts(bytes, 9, 1, 1)).toEqual(['A']);
    expect(texts(bytes, 9, 1, 2, 19)).toEqual(['x', 'y']);
    expect(texts(bytes, 9, 1, 2, 25, 1, 1)).toEqual(['x', 'y']);
    expect(texts(bytes, 9, 1, 2, 25, 1, 2, 23, 1, 22, 1)).toEqual(['string']);
    expect(texts(bytes, 9, 1, 2, 25, 1, 2, 21, 1, 22, 1)).toEqual(['integer']);
  });
});

describe('version 3', () => {
  const bytes = openApiProtobuf(
    {
      openapi: '3.0.0',
      paths: { '/a': { patch: { parameters: [{ in: 'query', name: 'fieldValidation', schema: { type: 'string' } }], responses: { '200': { description: 'OK', content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } } } } } },
      components: { schemas: { A: { type: 'object', properties: { m: { allOf: [{ $ref: '#/components/schemas/B' }], default: {} }, s: { type: 'string', default: '' } } } } },
    },
    'v3',
  );

  test('operations tell their parameters and answers', () => {
    expect(texts(bytes, 4, 1, 2, 10, 6, 1, 1)).toEqual(['fieldValidation']);
    expect(texts(bytes, 4, 1, 2, 10, 8, 2, 1)).toEqual(['200']);
    expect(texts(bytes, 4, 1, 2, 10, 8, 2, 2, 1, 3, 1, 2, 1, 2, 1)).toEqual(['#/components/schemas/A']);
  });

  test('schemas tell references from schemas, and keep defaults that are scalars', () => {
    expect(texts(bytes, 5, 1, 1, 1)).toEqual(['A']);
    expect(texts(bytes, 5, 1, 1, 2, 1, 31, 1, 1)).toEqual(['m', 's']);
    expect(texts(bytes, 5, 1, 1, 2, 1, 31, 1, 2, 1, 26, 2, 1)).toEqual(['#/components/schemas/B']);
    expect(texts(bytes, 5, 1, 1, 2, 1, 31, 1, 2, 1, 33, 3)).toEqual(['']);
  });
});
