import type { Mutation, MutatingPolicy } from '../../api/admissionregistration/shapes.ts';
import { EvaluationError } from '../../cel/evaluation-error.ts';
import { readApplyConfiguration, readJsonPatch } from '../../cel/mutation-types.ts';
import { RETURNS, type CompiledExpression, type PolicyCompiler, type PolicyEnvironments, type PolicyInput } from '../../cel/policy-environment.ts';
import type { CelValue } from '../../cel/values.ts';
import { findTypedErrors, formatTypedErrors } from '../../machinery/apply/typed-errors.ts';
import { MergeError, mergeValues } from '../../machinery/apply/merge-values.ts';
import { applyJsonPatch, JsonPatchError } from '../../machinery/json-patch.ts';
import { isJsonObject, type DeepReadonly, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import type { MergeSchema } from '../../machinery/merge-schema.ts';
import { findAtomicFields } from './atomic-fields.ts';
import { CompiledConditions, evaluate, type ConditionsVerdict } from './compiled-conditions.ts';

/** `object` shares with the one before; the same object when nothing was to be changed. */
export type MutationOutcome = { readonly object: JsonObject; readonly error?: never } | { readonly error: string };

interface CompiledMutation {
  readonly type: 'ApplyConfiguration' | 'JSONPatch';
  readonly expression: CompiledExpression;
}

/** The expressions of a MutatingAdmissionPolicy, ready to run for any number of requests and parameters. */
export class CompiledMutatingPolicy {
  readonly #compiler: PolicyCompiler;
  readonly #conditions: CompiledConditions;
  readonly #mutations: readonly CompiledMutation[];

  constructor({ spec = {} }: DeepReadonly<MutatingPolicy>, environments: PolicyEnvironments) {
    const params = spec.paramKind !== undefined;
    this.#conditions = new CompiledConditions(spec.matchConditions ?? [], environments.compiler({ params }));
    this.#compiler = environments.compiler({ params, mutations: true });
    for (const { name = '', expression = '' } of spec.variables ?? []) this.#compiler.addVariable(name, expression);
    this.#mutations = (spec.mutations ?? []).map((mutation) => compileMutation(mutation, this.#compiler));
  }

  /** How many mutations there are; each sees what those before it made. */
  get size(): number {
    return this.#mutations.length;
  }

  matches(input: PolicyInput): ConditionsVerdict {
    return this.#conditions.evaluate(input);
  }

  /** Makes one mutation of `input.object`, which is `object` and is not changed. Each has a budget of its own. */
  mutate(index: number, object: JsonObject, input: PolicyInput, schema: MergeSchema): MutationOutcome {
    const mutation = this.#mutations[index];
    if (!mutation) return { object };
    const outcome = evaluate(this.#compiler.start(input), mutation.expression);
    if (outcome.error !== undefined) return { error: outcome.error };
    try {
      return mutation.type === 'JSONPatch' ? patched(object, outcome.value) : applied(object, outcome.value, schema);
    } catch (error) {
      // What a value is not is known only when it is read.
      if (error instanceof EvaluationError) return { error: mutation.type === 'JSONPatch' ? error.message : `type mismatch: ${error.message}` };
      throw error;
    }
  }
}

function compileMutation({ patchType, applyConfiguration, jsonPatch }: DeepReadonly<Mutation>, compiler: PolicyCompiler): CompiledMutation {
  if (patchType === 'JSONPatch') return { type: 'JSONPatch', expression: compiler.compile(jsonPatch?.expression ?? '', { returns: RETURNS.jsonPatch }) };
  return { type: 'ApplyConfiguration', expression: compiler.compile(applyConfiguration?.expression ?? '', { returns: RETURNS.applyConfiguration }) };
}

function patched(object: JsonObject, value: CelValue): MutationOutcome {
  const operations = readJsonPatch(value).map(({ value: given, ...operation }) => (given === undefined ? operation : { ...operation, value: given as JsonValue }));
  if (operations.length === 0) return { object };
  try {
    return { object: applyJsonPatch(object, operations) as JsonObject };
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    // A patch whose test fails was not meant for this object.
    return error.reason === 'test-failed' ? { object } : { error: `JSON Patch: ${error.message}` };
  }
}

/** Lays what the expression states over the object, as server-side apply merges it. Nobody comes to own it. */
function applied(object: JsonObject, value: CelValue, schema: MergeSchema): MutationOutcome {
  const stated = readApplyConfiguration(value);
  const patch: JsonObject = { ...(isJsonObject(stated) ? stated : {}), apiVersion: object['apiVersion'], kind: object['kind'] };
  const fail = (detail: string): MutationOutcome => ({ error: `error applying patch: ${detail}` });
  const errors = findTypedErrors(patch, schema);
  if (errors.length > 0) return fail(`failed to convert patch object to typed object: ${formatTypedErrors(errors)}`);
  const atomics = findAtomicFields(patch, schema);
  if (atomics.length > 0) return fail(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`);
  try {
    return { object: mergeValues(object, patch, schema) as JsonObject };
  } catch (error) {
    if (error instanceof MergeError) return fail(`failed to merge patch: ${error.message}`);
    throw error;
  }
}
