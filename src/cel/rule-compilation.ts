import { failureText } from './environment.ts';
import type { Environment, VariableDeclaration } from './environment.ts';
import type { SizeEstimator } from './cost-estimate.ts';
import { MAX_REQUEST_BYTES } from './json-schema.ts';
import type { SchemaLike, SizedSchema } from './json-schema.ts';
import type { Program } from './program.ts';
import { readFieldPath } from './rule-field-path.ts';
import { optionalOf } from './types.ts';
import type { ValueSchema } from './values.ts';

/** One entry of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule?: string | undefined;
  readonly message?: string | undefined;
  readonly messageExpression?: string | undefined;
  readonly reason?: string | undefined;
  readonly fieldPath?: string | undefined;
  readonly optionalOldSelf?: boolean | undefined;
}

export interface RuleSchema extends SchemaLike {
  readonly properties?: Readonly<Record<string, RuleSchema | undefined>> | undefined;
  readonly additionalProperties?: RuleSchema | boolean | undefined;
  readonly items?: RuleSchema | readonly RuleSchema[] | undefined;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[] | undefined;
}

/** A rule made runnable, as far as it could be. */
export interface CompiledRule {
  readonly source: ValidationRule;
  /** Absent for empty rules and those with an `error`. */
  readonly program?: Program;
  readonly error?: string;
  /** By estimate, for one value. */
  readonly maxCost: number;
  readonly message?: Program;
  readonly messageError?: string;
  readonly messageMaxCost: number;
  readonly usesOldSelf: boolean;
  /** Where its finding is reported, below the value: '' for the value itself. */
  readonly fieldPath: string;
}

/** Compiles the rules of one schema, whose values are read by `declared`. */
export function compileRules(schema: RuleSchema, declared: SizedSchema, environment: Environment): readonly CompiledRule[] {
  const sizes = sizeEstimator(declared);
  const scope = (optional: boolean): Environment => environment.extend({ variables: variables(declared, optional) });
  const plain = scope(false);
  return (schema['x-kubernetes-validations'] ?? []).map((rule) => compileRule(rule, rule.optionalOldSelf === true ? scope(true) : plain, { schema, sizes }));
}

function variables(schema: ValueSchema, optionalOldSelf: boolean): Readonly<Record<string, VariableDeclaration>> {
  return { self: { schema }, oldSelf: optionalOldSelf ? { type: optionalOf(schema.type) } : { schema } };
}

function compileRule(source: ValidationRule, environment: Environment, { schema, sizes }: { schema: SchemaLike; sizes: SizeEstimator }): CompiledRule {
  const nothing = { source, maxCost: 0, messageMaxCost: 0, usesOldSelf: false, fieldPath: '' };
  const text = source.rule ?? '';
  if (text.trim() === '') return nothing;
  const outcome = environment.compile(text);
  const { program } = outcome;
  if (program === undefined) return { ...nothing, error: failureText(outcome) };
  if (program.type.kind !== 'bool') return { ...nothing, error: 'cel expression must evaluate to a bool' };
  const path = (source.fieldPath ?? '') === '' ? undefined : readFieldPath(source.fieldPath ?? '', schema);
  const compiled: CompiledRule = {
    source,
    program,
    maxCost: program.estimateCost(sizes).max,
    messageMaxCost: 0,
    usesOldSelf: program.uses('oldSelf'),
    fieldPath: path !== undefined && 'path' in path ? path.path : '',
  };
  const expression = source.messageExpression ?? '';
  if (expression.trim() === '') return compiled;
  const message = environment.compile(expression);
  if (message.program === undefined) return { ...compiled, messageError: `messageExpression ${failureText(message)}` };
  if (message.program.type.kind !== 'string') return { ...compiled, messageError: 'messageExpression must evaluate to a string' };
  return { ...compiled, message: message.program, messageMaxCost: message.program.estimateCost(sizes).max };
}

/** Sizes by the path below `self`: whatever a path begins with, it is looked up from the schema that has the rule. */
export function sizeEstimator(root: ValueSchema): SizeEstimator {
  return ({ path }) => {
    if (path === undefined || path.length === 0) return undefined;
    let schema: ValueSchema | undefined = root;
    for (const name of path.slice(1)) {
      if (name === '@keys') return { min: 0, max: MAX_REQUEST_BYTES };
      schema = name === '@items' || name === '@values' ? schema?.element : schema?.object?.field(name)?.schema;
      if (schema === undefined) return undefined;
    }
    return schema === undefined ? undefined : { min: 0, max: schema.maxElements ?? 0 };
  };
}

/** How many values of this size one request can hold. */
export function maxCardinality(schema: SizedSchema): number {
  return Math.floor(MAX_REQUEST_BYTES / (schema.minSerializedSize + 1));
}
