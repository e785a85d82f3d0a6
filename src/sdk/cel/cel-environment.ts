import type { SizeEstimator } from '../../cel/cost-estimate.ts';
import { failureText, type Environment, type VariableDeclaration } from '../../cel/environment.ts';
import { EvaluationError } from '../../cel/evaluation-error.ts';
import { FREE_JSON } from '../../cel/free-json.ts';
import { declare, overload, type FunctionDeclaration } from '../../cel/functions.ts';
import { declareSchema, type SchemaLike } from '../../cel/json-schema.ts';
import { kubernetesEnvironment, LIMITS } from '../../cel/kubernetes-environment.ts';
import { sizeEstimator } from '../../cel/rule-compilation.ts';
import { toJson } from '../../cel/to-json.ts';
import type { CelValue, ValueSchema } from '../../cel/values.ts';
import { CelExpression } from './cel-expression.ts';

export { LIMITS };

/** An expression that does not compile; the message is cel-go's, each problem with its line and a caret. */
export class CelSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CelSyntaxError';
  }
}

/** `'json'`: any JSON, whose types are known when it is read. Otherwise an OpenAPI schema, which expressions are checked against. */
export type CelVariable = 'json' | SchemaLike;

export interface CelFunction {
  /** `(string, int) -> bool`, or `string.(int) -> bool` for what is called as a method; `dyn` for anything. */
  readonly signature: string;
  /** Takes and gives JSON, as `CelExpression.evaluate` does. What it throws fails the expression with that message. */
  readonly call: (...values: never[]) => unknown;
}

export interface CelEnvironmentOptions {
  readonly variables?: Readonly<Record<string, CelVariable>>;
  /** By name; a name may stand in a namespace (`team.owns`). They cost what a call costs, whatever they do. */
  readonly functions?: Readonly<Record<string, CelFunction>>;
}

/**
 * The variables and functions that expressions may use, besides those of Kubernetes 1.36 (strings, lists, sets, regex, URL,
 * IP, CIDR, quantity, format, semver, optionals, two-variable comprehensions). Making one costs about a millisecond; keep
 * it for all expressions of one kind.
 */
export class CelEnvironment {
  readonly #environment: Environment;
  readonly #sizes: SizeEstimator;

  /** Throws RangeError for a schema that says too little, or a signature that is none. */
  constructor({ variables = {}, functions = {} }: CelEnvironmentOptions = {}) {
    const schemas = new Map(Object.entries(variables).map(([name, variable]) => [name, schemaOf(name, variable)]));
    const declared: Record<string, VariableDeclaration> = Object.fromEntries([...schemas].map(([name, schema]) => [name, { schema }]));
    this.#environment = kubernetesEnvironment({
      variables: declared,
      libraries: [{ name: 'functions of the environment', functions: Object.entries(functions).map(([name, one]) => functionOf(name, one)) }],
    });
    this.#sizes = (node) => {
      const schema = schemas.get(node.path?.[0] ?? '');
      return schema && sizeEstimator(schema)(node);
    };
  }

  /** Parses and checks; throws CelSyntaxError. */
  compile(text: string): CelExpression {
    const outcome = this.#environment.compile(text);
    if (outcome.program === undefined) throw new CelSyntaxError(failureText(outcome));
    return new CelExpression(outcome.program, this.#sizes);
  }
}

function schemaOf(name: string, variable: CelVariable): ValueSchema {
  if (variable === 'json') return FREE_JSON;
  const schema = declareSchema(variable, `${name}Type`);
  if (!schema) throw new RangeError(`the schema of ${name} says too little to declare it: give it a type`);
  return schema;
}

function functionOf(name: string, { signature, call }: CelFunction): FunctionDeclaration {
  if (!/^[^>]*\(.*\)\s*->\s*\S+$/.test(signature)) throw new RangeError(`${name}: ${JSON.stringify(signature)} is no signature such as (string, int) -> bool`);
  const run = call as (...values: unknown[]) => unknown;
  return declare(
    name,
    overload(`custom_${name}_${signature}`, signature, (...values) => {
      try {
        return FREE_JSON.read(run(...values.map(toJson))) as CelValue;
      } catch (error) {
        if (error instanceof EvaluationError) throw error;
        throw new EvaluationError(error instanceof Error ? error.message : String(error));
      }
    }),
  );
}
