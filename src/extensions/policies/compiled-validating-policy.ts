import type { AuditAnnotation, Validation, ValidatingPolicy } from '../../api/admissionregistration/shapes.ts';
import { LIMITS } from '../../cel/kubernetes-environment.ts';
import { RETURNS, type CompiledExpression, type PolicyCompiler, type PolicyEnvironments, type PolicyInput } from '../../cel/policy-environment.ts';
import type { PolicyRun } from '../../cel/policy-run.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { CompiledConditions, evaluate } from './compiled-conditions.ts';

/** A longer message, or one of several lines, is not shown: the fixed one is. */
const MAX_MESSAGE_BYTES = 5 * 1024;
const MAX_ANNOTATION_LENGTH = 10 * 1024;

/** A refusal. `index` is the validation's; 0 for what concerns the policy as a whole. */
export interface Denial {
  readonly index: number;
  readonly message: string;
  readonly reason?: string;
}

export interface PublishedAnnotation {
  readonly key: string;
  readonly value: string;
}

export interface ValidationOutcome {
  readonly denials: readonly Denial[];
  readonly annotations: readonly PublishedAnnotation[];
  /** Annotations that could not be made: they refuse the request whatever the binding's actions are. */
  readonly failedAnnotations: readonly string[];
}

const NOTHING: ValidationOutcome = { denials: [], annotations: [], failedAnnotations: [] };

interface CompiledValidation {
  readonly validation: CompiledExpression;
  readonly message: CompiledExpression | undefined;
  /** Said where there is no message from an expression. */
  readonly fixedMessage: string;
  readonly reason: string;
}

/** The expressions of a ValidatingAdmissionPolicy, ready to run for any number of requests and parameters. */
export class CompiledValidatingPolicy {
  readonly #compiler: PolicyCompiler;
  readonly #conditions: CompiledConditions;
  readonly #validations: readonly CompiledValidation[];
  readonly #annotations: readonly { readonly key: string; readonly expression: CompiledExpression }[];
  /** False: what cannot be decided lets the request pass. */
  readonly #failClosed: boolean;

  constructor({ spec = {} }: DeepReadonly<ValidatingPolicy>, environments: PolicyEnvironments) {
    const scope = { params: spec.paramKind !== undefined };
    this.#conditions = new CompiledConditions(spec.matchConditions ?? [], environments.compiler(scope));
    this.#compiler = environments.compiler(scope);
    for (const { name = '', expression = '' } of spec.variables ?? []) this.#compiler.addVariable(name, expression);
    this.#validations = (spec.validations ?? []).map((validation) => compileValidation(validation, this.#compiler));
    this.#annotations = (spec.auditAnnotations ?? []).map((annotation) => compileAnnotation(annotation, this.#compiler));
    this.#failClosed = spec.failurePolicy !== 'Ignore';
  }

  validate(input: PolicyInput): ValidationOutcome {
    const verdict = this.#conditions.evaluate(input);
    if (verdict === 'no match') return NOTHING;
    if (verdict !== 'match') return this.#undecided(verdict.error);
    const denials = this.#evaluateValidations(input);
    return { ...this.#evaluateAnnotations(input), denials };
  }

  #undecided(message: string): ValidationOutcome {
    return this.#failClosed ? { ...NOTHING, denials: [{ index: 0, message }] } : NOTHING;
  }

  #evaluateValidations(input: PolicyInput): readonly Denial[] {
    const run = this.#compiler.start(input);
    const failed: { readonly index: number; readonly error?: string }[] = [];
    for (const [index, { validation }] of this.#validations.entries()) {
      const outcome = evaluate(run, validation);
      if (outcome.error === undefined) {
        if (outcome.value !== true) failed.push({ index });
        continue;
      }
      if (outcome.exhausted) return this.#undecided(outcome.error).denials;
      if (this.#failClosed) failed.push({ index, error: outcome.error });
    }
    if (failed.length === 0) return [];
    const messages = this.#compiler.start(input, run.remainingBudget);
    return failed.flatMap(({ index, error }) => (error === undefined ? this.#denial(index, messages) : { index, message: error }));
  }

  #denial(index: number, run: PolicyRun): Denial | readonly [] {
    const { message, fixedMessage, reason } = this.#validations[index] as CompiledValidation;
    if (message === undefined) return { index, message: fixedMessage, reason };
    const outcome = evaluate(run, message);
    if (outcome.error !== undefined) {
      if (!outcome.exhausted) return { index, message: fixedMessage, reason };
      return this.#failClosed ? { index, message: `failed messageExpression: ${outcome.error}` } : [];
    }
    return { index, message: usableMessage(outcome.value) ?? fixedMessage, reason };
  }

  #evaluateAnnotations(input: PolicyInput): Pick<ValidationOutcome, 'annotations' | 'failedAnnotations'> {
    if (this.#annotations.length === 0) return NOTHING;
    const run = this.#compiler.start(input, LIMITS.perRequest);
    const annotations: PublishedAnnotation[] = [];
    const failedAnnotations: string[] = [];
    for (const { key, expression } of this.#annotations) {
      const outcome = evaluate(run, expression);
      if (outcome.error !== undefined) {
        if (this.#failClosed) failedAnnotations.push(outcome.error);
        if (outcome.exhausted) break;
      } else if (typeof outcome.value === 'string') {
        const value = outcome.value.trim();
        if (value !== '') annotations.push({ key, value: value.slice(0, MAX_ANNOTATION_LENGTH) });
      }
    }
    return { annotations, failedAnnotations };
  }
}

function compileValidation({ expression = '', message = '', messageExpression = '', reason }: DeepReadonly<Validation>, compiler: PolicyCompiler): CompiledValidation {
  return {
    validation: compiler.compile(expression, { returns: RETURNS.validation }),
    message: messageExpression === '' ? undefined : compiler.compile(messageExpression, { returns: RETURNS.message, authorizer: false }),
    fixedMessage: message.trim() === '' ? `failed expression: ${expression.trim()}` : message.trim(),
    reason: reason ?? 'Invalid',
  };
}

function compileAnnotation({ key = '', valueExpression = '' }: DeepReadonly<AuditAnnotation>, compiler: PolicyCompiler): { readonly key: string; readonly expression: CompiledExpression } {
  return { key, expression: compiler.compile(valueExpression, { returns: RETURNS.auditAnnotation }) };
}

function usableMessage(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > MAX_MESSAGE_BYTES ? undefined : text;
}
