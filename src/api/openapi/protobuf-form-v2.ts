import { isJsonObject, type JsonValue } from '../../machinery/json.ts';
import type { MessageShapes, Shape } from './protobuf-shape.ts';

const SCHEMA: Shape = { message: 'Schema' };
const STRINGS: Shape = { list: 'string' };

/** A parameter stands in messages that tell its place. */
function parameterShape(value: JsonValue): Shape | undefined {
  if (!isJsonObject(value)) return undefined;
  const place = value['in'];
  if (place === 'body') return { in: 1, of: { in: 1, of: { message: 'BodyParameter' } } };
  if (place === 'query') return { in: 1, of: { in: 2, of: { in: 3, of: { message: 'QueryParameter' } } } };
  return place === 'path' ? { in: 1, of: { in: 2, of: { in: 4, of: { message: 'PathParameter' } } } } : undefined;
}

const PARAMETERS: Shape = { list: { choose: parameterShape } };
const OPERATION: Shape = { message: 'Operation' };

/** The messages of OpenAPI 2, as far as these documents go. */
export const V2_MESSAGES: MessageShapes = {
  Document: {
    fields: {
      swagger: [1, 'string'],
      info: [2, { message: 'Info' }],
      paths: [8, { message: 'Paths' }],
      definitions: [9, { message: 'Definitions' }],
      security: [12, { list: { message: 'SecurityRequirement' } }],
      securityDefinitions: [13, { message: 'SecurityDefinitions' }],
    },
    extensions: 16,
  },
  Info: { fields: { title: [1, 'string'], version: [2, 'string'], description: [3, 'string'] }, extensions: 7 },
  Paths: { fields: {}, extensions: 1, others: [2, { message: 'PathItem' }] },
  Definitions: { fields: {}, others: [1, SCHEMA] },
  SecurityRequirement: { fields: {}, others: [1, { message: 'StringArray' }] },
  StringArray: { fields: {} },
  SecurityDefinitions: { fields: {}, others: [1, { in: 2, of: { message: 'ApiKeySecurity' } }] },
  ApiKeySecurity: { fields: { type: [1, 'string'], name: [2, 'string'], in: [3, 'string'], description: [4, 'string'] }, extensions: 5 },
  PathItem: {
    fields: {
      get: [2, OPERATION],
      put: [3, OPERATION],
      post: [4, OPERATION],
      delete: [5, OPERATION],
      options: [6, OPERATION],
      head: [7, OPERATION],
      patch: [8, OPERATION],
      parameters: [9, PARAMETERS],
    },
    extensions: 10,
  },
  Operation: {
    fields: {
      tags: [1, STRINGS],
      summary: [2, 'string'],
      description: [3, 'string'],
      operationId: [5, 'string'],
      produces: [6, STRINGS],
      consumes: [7, STRINGS],
      parameters: [8, PARAMETERS],
      responses: [9, { message: 'Responses' }],
      schemes: [10, STRINGS],
      deprecated: [11, 'boolean'],
    },
    extensions: 13,
  },
  BodyParameter: {
    fields: { description: [1, 'string'], name: [2, 'string'], in: [3, 'string'], required: [4, 'boolean'], schema: [5, SCHEMA] },
    extensions: 6,
  },
  QueryParameter: {
    fields: {
      required: [1, 'boolean'],
      in: [2, 'string'],
      description: [3, 'string'],
      name: [4, 'string'],
      type: [6, 'string'],
      format: [7, 'string'],
      uniqueItems: [20, 'boolean'],
    },
    extensions: 23,
  },
  PathParameter: {
    fields: {
      required: [1, 'boolean'],
      in: [2, 'string'],
      description: [3, 'string'],
      name: [4, 'string'],
      type: [5, 'string'],
      format: [6, 'string'],
      uniqueItems: [19, 'boolean'],
    },
    extensions: 22,
  },
  Responses: { fields: {}, extensions: 2, others: [1, { in: 1, of: { message: 'Response' } }] },
  Response: { fields: { description: [1, 'string'], schema: [2, { in: 1, of: SCHEMA }] }, extensions: 5 },
  Properties: { fields: {}, others: [1, SCHEMA] },
  Schema: {
    fields: {
      $ref: [1, 'string'],
      format: [2, 'string'],
      title: [3, 'string'],
      description: [4, 'string'],
      default: [5, 'any'],
      multipleOf: [6, 'double'],
      maximum: [7, 'double'],
      exclusiveMaximum: [8, 'boolean'],
      minimum: [9, 'double'],
      exclusiveMinimum: [10, 'boolean'],
      maxLength: [11, 'integer'],
      minLength: [12, 'integer'],
      pattern: [13, 'string'],
      maxItems: [14, 'integer'],
      minItems: [15, 'integer'],
      uniqueItems: [16, 'boolean'],
      maxProperties: [17, 'integer'],
      minProperties: [18, 'integer'],
      required: [19, STRINGS],
      enum: [20, { list: 'any' }],
      additionalProperties: [21, { choose: (value) => (typeof value === 'boolean' ? { in: 2, of: 'boolean' } : { in: 1, of: SCHEMA }) }],
      type: [22, { in: 1, of: { choose: (value) => (Array.isArray(value) ? STRINGS : 'string') } }],
      items: [23, { in: 1, of: SCHEMA }],
      allOf: [24, { list: SCHEMA }],
      properties: [25, { message: 'Properties' }],
      example: [30, 'any'],
    },
    extensions: 31,
  },
};
