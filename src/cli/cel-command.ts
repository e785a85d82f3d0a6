import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EvaluationError } from '../cel/evaluation-error.ts';
import { failureText, type VariableDeclaration } from '../cel/environment.ts';
import { FREE_JSON } from '../cel/free-json.ts';
import { declareSchema, type SchemaLike } from '../cel/json-schema.ts';
import { kubernetesEnvironment, LIMITS } from '../cel/kubernetes-environment.ts';
import type { Program } from '../cel/program.ts';
import { sizeEstimator } from '../cel/rule-compilation.ts';
import { toJson } from '../cel/to-json.ts';
import { typeName } from '../cel/types.ts';
import type { CelValue, ValueSchema } from '../cel/values.ts';
import { isJsonObject, type JsonObject } from '../machinery/json.ts';
import { stringifyJson } from '../machinery/parse-json.ts';
import { parseYaml } from '../machinery/parse-yaml.ts';
import { flagHelp, flagText, parseFlags, UsageError, type CommandContext, type Flag, type FlagValues } from './command.ts';

const FLAGS: readonly Flag[] = [
  { name: 'schema', type: 'string', value: 'FILE', help: 'schema of self: a CustomResourceDefinition, or an OpenAPI v3 schema (YAML or JSON); any JSON without it' },
  { name: 'schema-version', type: 'string', value: 'VERSION', help: 'version of the CustomResourceDefinition; its storage version without it' },
  { name: 'input', type: 'string', value: 'FILE', help: 'self (YAML or JSON)' },
  { name: 'old-input', type: 'string', value: 'FILE', help: 'oldSelf: the object before an update (YAML or JSON)' },
  { name: 'help', type: 'boolean', help: 'show this' },
];

const USAGE = `usage: steersman cel eval|check|cost EXPRESSION [FLAGS]

  eval   evaluate the expression for --input, and print the answer as JSON
  check  compile the expression, and print the type of its answer
  cost   print what evaluating it may cost by estimate, and what one rule may cost
`;

/** `steersman cel`: tries expressions as Kubernetes compiles and runs the rules of custom resources. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseFlags(args, FLAGS);
  if (values.has('help')) {
    context.stdout.write(`${USAGE}\n${flagHelp(FLAGS)}\n`);
    return 0;
  }
  const [action, expression, ...more] = positionals;
  if (action === undefined || !Object.hasOwn(ACTIONS, action)) throw new UsageError(`cel takes eval, check or cost${action === undefined ? '' : `, not ${JSON.stringify(action)}`}: see "steersman cel --help"`);
  if (expression === undefined) throw new UsageError(`cel ${action} takes an expression: see "steersman cel --help"`);
  if (more.length > 0) throw new UsageError(`cel ${action} takes one expression, in quotes: ${JSON.stringify(more[0])} is left over`);
  const subject = subjectOf(values, context);
  const outcome = kubernetesEnvironment({ variables: subject.variables }).compile(expression);
  if (outcome.program === undefined) {
    context.stderr.write(`steersman: ${failureText(outcome)}\n`);
    return 1;
  }
  return (ACTIONS[action] as Action)(outcome.program, subject, { values, context });
}

/** What the expression is about. */
interface Subject {
  readonly variables: Readonly<Record<string, VariableDeclaration>>;
  readonly schema: ValueSchema;
}

interface Call {
  readonly values: FlagValues;
  readonly context: CommandContext;
}

type Action = (program: Program, subject: Subject, call: Call) => number;
const ACTIONS: Readonly<Record<string, Action>> = { eval: evaluate, check, cost };

function evaluate(program: Program, _subject: Subject, { values, context }: Call): number {
  const inputs: Record<string, unknown> = {};
  for (const [variable, flag] of [['self', 'input'], ['oldSelf', 'old-input']] as const) {
    const file = flagText(values, flag);
    if (file !== undefined) inputs[variable] = readDocument(file, context);
    else if (program.uses(variable)) throw new UsageError(`the expression reads ${variable}: give it with --${flag}`);
  }
  const result = program.evaluate(inputs, { costLimit: LIMITS.perCall });
  if (result.error !== undefined) {
    context.stderr.write(`steersman: ${result.error}\n`);
    return 1;
  }
  const shown = asJson(result.value);
  if ('error' in shown) {
    context.stderr.write(`steersman: ${shown.error}\n`);
    return 1;
  }
  context.stdout.write(`${shown.json}\n`);
  return 0;
}

/** Some values (types, quantities, checks of an authorizer) have no JSON. */
function asJson(value: CelValue): { readonly json: string } | { readonly error: string } {
  try {
    return { json: stringifyJson(toJson(value)) };
  } catch (error) {
    if (error instanceof EvaluationError) return { error: error.message };
    throw error;
  }
}

function check(program: Program, _subject: Subject, { context }: Call): number {
  context.stdout.write(`${typeName(program.type)}\n`);
  return 0;
}

function cost(program: Program, { schema }: Subject, { context }: Call): number {
  const { min, max } = program.estimateCost(sizeEstimator(schema));
  context.stdout.write(`estimated cost: ${min === max ? max : `${min} to ${max}`}\nlimit of one rule: ${LIMITS.estimatedRule}\n`);
  if (max <= LIMITS.estimatedRule) return 0;
  const factor = max / LIMITS.estimatedRule;
  context.stderr.write(`steersman: the estimate exceeds the limit by a factor of ${factor > 100 ? 'more than 100' : factor.toFixed(1)}: bound what the expression reads with maxItems, maxProperties and maxLength\n`);
  return 1;
}

function subjectOf(values: FlagValues, context: CommandContext): Subject {
  const file = flagText(values, 'schema');
  const schema = file === undefined ? FREE_JSON : declared(file, flagText(values, 'schema-version'), context);
  return { schema, variables: { self: { schema }, oldSelf: { schema } } };
}

function declared(file: string, version: string | undefined, context: CommandContext): ValueSchema {
  const document = readDocument(file, context);
  if (!isJsonObject(document)) throw new UsageError(`${file} holds no schema`);
  const isDefinition = document['kind'] === 'CustomResourceDefinition';
  if (version !== undefined && !isDefinition) throw new UsageError(`--schema-version needs a CustomResourceDefinition: ${file} is none`);
  const schema = isDefinition ? schemaOfDefinition(document, file, version) : plainSchema(document);
  const found = declareSchema(schema as SchemaLike, 'selfType', { root: isDefinition });
  if (found === undefined) throw new UsageError(`${file}: the schema says too little to declare self: give it a type`);
  return found;
}

/** A schema by itself, or as it stands in a definition's version. */
function plainSchema(document: JsonObject): JsonObject {
  const wrapped = document['openAPIV3Schema'];
  return isJsonObject(wrapped) ? wrapped : document;
}

function schemaOfDefinition(definition: JsonObject, file: string, wanted: string | undefined): JsonObject {
  const { spec } = definition;
  const versions = isJsonObject(spec) && Array.isArray(spec['versions']) ? spec['versions'].filter(isJsonObject) : [];
  const version = versions.find((v) => (wanted === undefined ? v['storage'] === true : v['name'] === wanted));
  if (!version) throw new UsageError(`${file} has no ${wanted === undefined ? 'storage version' : `version ${JSON.stringify(wanted)}`}`);
  const schema = isJsonObject(version['schema']) ? version['schema']['openAPIV3Schema'] : undefined;
  if (!isJsonObject(schema)) throw new UsageError(`${file}: version ${JSON.stringify(version['name'])} has no schema`);
  return schema;
}

/** JSON is YAML, too. */
function readDocument(file: string, { cwd }: CommandContext): unknown {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message}`, { cause: error });
  }
  try {
    return parseYaml(text).value;
  } catch (error) {
    throw new UsageError(`${file} is neither YAML nor JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
