import type { JsonObject } from '../../machinery/json.ts';
import type { Operation } from './operation.ts';
import { showParameter, type Parameter } from './parameters.ts';
import { refTo, type Dialect } from './schema.ts';

const CODES: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

/** A path with its operations; parameters that all of them take are the path's own. */
export function renderPath(operations: readonly Operation[], dialect: Dialect): JsonObject {
  const shared = sharedParameters(operations);
  const item: JsonObject = {};
  for (const operation of operations) item[operation.method.toLowerCase()] = renderOperation(operation, shared, dialect);
  if (shared.length > 0) item['parameters'] = shared.map((parameter) => showParameter(parameter, dialect));
  return item;
}

const keyOf = (parameter: Parameter): string => `${parameter.in} ${parameter.name}`;

function sharedParameters(operations: readonly Operation[]): readonly Parameter[] {
  const [first, ...others] = operations;
  if (first === undefined) return [];
  const sets = others.map((operation) => new Set(operation.parameters.map(keyOf)));
  return first.parameters.filter((parameter) => sets.every((set) => set.has(keyOf(parameter))));
}

function renderOperation(operation: Operation, shared: readonly Parameter[], dialect: Dialect): JsonObject {
  const taken = new Set(shared.map(keyOf));
  const parameters = operation.parameters.filter((parameter) => !taken.has(keyOf(parameter))).map((parameter) => showParameter(parameter, dialect));
  const shown: JsonObject = { description: operation.summary, operationId: operation.id, tags: [operation.tag] };
  if (dialect === 'v2') renderV2(operation, parameters, shown);
  else renderV3(operation, shown);
  if (parameters.length > 0) shown['parameters'] = parameters;
  if (operation.action !== '') shown['x-kubernetes-action'] = operation.action;
  if (operation.kind !== undefined) {
    const { group, version, kind } = operation.kind;
    shown['x-kubernetes-group-version-kind'] = { group, kind, version };
  }
  return shown;
}

function renderV2(operation: Operation, parameters: JsonObject[], shown: JsonObject): void {
  const { body } = operation;
  if (body !== undefined) {
    const parameter: JsonObject = { name: 'body', in: 'body', schema: refTo(body.definition, 'v2') };
    if (body.required) parameter['required'] = true;
    parameters.unshift(parameter);
  }
  shown['consumes'] = body === undefined ? ['*/*'] : [...body.types];
  shown['produces'] = [...operation.types];
  shown['schemes'] = ['https'];
  const responses: JsonObject = {};
  for (const { code, definition } of operation.answers) {
    responses[String(code)] = { description: CODES[code] ?? '', schema: definition === undefined ? { type: 'string' } : refTo(definition, 'v2') };
  }
  responses['401'] = { description: 'Unauthorized' };
  shown['responses'] = responses;
}

function renderV3(operation: Operation, shown: JsonObject): void {
  const { body } = operation;
  const content = (types: readonly string[], definition: string | undefined): JsonObject =>
    Object.fromEntries(types.map((type) => [type, { schema: definition === undefined ? { type: 'string' } : refTo(definition, 'v3') }]));
  if (body !== undefined) {
    shown['requestBody'] = { content: content(body.types, body.definition), ...(body.required ? { required: true } : {}) };
  }
  const responses: JsonObject = {};
  for (const { code, definition } of operation.answers) responses[String(code)] = { description: CODES[code] ?? '', content: content(operation.types, definition) };
  responses['401'] = { description: 'Unauthorized' };
  shown['responses'] = responses;
}
