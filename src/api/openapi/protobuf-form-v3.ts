import { isJsonObject } from '../../machinery/json.ts';
import type { MessageShapes, Shape } from './protobuf-shape.ts';

const STRINGS: Shape = { list: 'string' };
const OPERATION: Shape = { message: 'Operation' };
/** A schema or a reference to one. */
const SCHEMA: Shape = {
  choose: (value) => (isJsonObject(value) && typeof value['$ref'] === 'string' ? { in: 2, of: { message: 'Reference' } } : { in: 1, of: { message: 'Schema' } }),
};
const PARAMETERS: Shape = { list: { in: 1, of: { message: 'Parameter' } } };
const MEDIA_TYPES: Shape = { message: 'MediaTypes' };

/** The messages of OpenAPI 3, as far as these documents go. */
export const V3_MESSAGES: MessageShapes = {
  Document: {
    fields: { openapi: [1, 'string'], info: [2, { message: 'Info' }], paths: [4, { message: 'Paths' }], components: [5, { message: 'Components' }] },
    extensions: 9,
  },
  Info: { fields: { title: [1, 'string'], description: [2, 'string'], version: [6, 'string'] }, extensions: 7 },
  Paths: { fields: {}, extensions: 2, others: [1, { message: 'PathItem' }] },
  PathItem: {
    fields: {
      summary: [2, 'string'],
      description: [3, 'string'],
      get: [4, OPERATION],
      put: [5, OPERATION],
      post: [6, OPERATION],
      delete: [7, OPERATION],
      options: [8, OPERATION],
      head: [9, OPERATION],
      patch: [10, OPERATION],
      parameters: [13, PARAMETERS],
    },
    extensions: 14,
  },
  Operation: {
    fields: {
      tags: [1, STRINGS],
      summary: [2, 'string'],
      description: [3, 'string'],
      operationId: [5, 'string'],
      parameters: [6, PARAMETERS],
      requestBody: [7, { in: 1, of: { message: 'RequestBody' } }],
      responses: [8, { message: 'Responses' }],
      deprecated: [10, 'boolean'],
    },
    extensions: 13,
  },
  Parameter: {
    fields: { name: [1, 'string'], in: [2, 'string'], description: [3, 'string'], required: [4, 'boolean'], schema: [10, SCHEMA] },
    extensions: 14,
  },
  Reference: { fields: { $ref: [1, 'string'] } },
  RequestBody: { fields: { description: [1, 'string'], content: [2, MEDIA_TYPES], required: [3, 'boolean'] }, extensions: 4 },
  MediaTypes: { fields: {}, others: [1, { message: 'MediaType' }] },
  MediaType: { fields: { schema: [1, SCHEMA] }, extensions: 5 },
  Responses: { fields: {}, extensions: 3, others: [2, { in: 1, of: { message: 'Response' } }] },
  Response: { fields: { description: [1, 'string'], content: [3, MEDIA_TYPES] }, extensions: 5 },
  Components: {
    fields: { schemas: [1, { message: 'Schemas' }], securitySchemes: [7, { message: 'SecuritySchemes' }] },
    extensions: 10,
  },
  Schemas: { fields: {}, others: [1, SCHEMA] },
  SecuritySchemes: { fields: {}, others: [1, { in: 1, of: { message: 'SecurityScheme' } }] },
  SecurityScheme: { fields: { type: [1, 'string'], description: [2, 'string'], name: [3, 'string'], in: [4, 'string'] }, extensions: 9 },
  Properties: { fields: {}, others: [1, SCHEMA] },
  Schema: {
    fields: {
      nullable: [1, 'boolean'],
      example: [7, 'any'],
      title: [9, 'string'],
      multipleOf: [10, 'double'],
      maximum: [11, 'double'],
      exclusiveMaximum: [12, 'boolean'],
      minimum: [13, 'double'],
      exclusiveMinimum: [14, 'boolean'],
      maxLength: [15, 'integer'],
      minLength: [16, 'integer'],
      pattern: [17, 'string'],
      maxItems: [18, 'integer'],
      minItems: [19, 'integer'],
      uniqueItems: [20, 'boolean'],
      maxProperties: [21, 'integer'],
      minProperties: [22, 'integer'],
      required: [23, STRINGS],
      enum: [24, { list: 'any' }],
      type: [25, 'string'],
      allOf: [26, { list: SCHEMA }],
      oneOf: [27, { list: SCHEMA }],
      anyOf: [28, { list: SCHEMA }],
      not: [29, { message: 'Schema' }],
      items: [30, { in: 1, of: SCHEMA }],
      properties: [31, { message: 'Properties' }],
      additionalProperties: [32, { choose: (value) => (typeof value === 'boolean' ? { in: 2, of: 'boolean' } : { in: 1, of: SCHEMA }) }],
      // Only scalars have a place here.
      default: [33, { choose: (value) => ({ number: { in: 1, of: 'double' }, boolean: { in: 2, of: 'boolean' }, string: { in: 3, of: 'string' } })[typeof value as string] as Shape | undefined }],
      description: [34, 'string'],
      format: [35, 'string'],
    },
    extensions: 36,
  },
};
