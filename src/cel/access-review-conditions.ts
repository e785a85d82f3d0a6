import { failureText } from './environment.ts';
import { declareSchema, type SchemaLike } from './json-schema.ts';
import { kubernetesEnvironment, LIMITS } from './kubernetes-environment.ts';
import type { Program } from './program.ts';
import { BOOL, equalTypes, typeName } from './types.ts';
import type { ValueSchema } from './values.ts';

const TEXT: SchemaLike = { type: 'string' };
const TEXTS: SchemaLike = { type: 'array', items: TEXT };
const texts = (...names: string[]): Record<string, SchemaLike> => Object.fromEntries(names.map((name) => [name, TEXT]));
const SELECTOR: SchemaLike = {
  type: 'object',
  properties: { rawSelector: TEXT, requirements: { type: 'array', items: { type: 'object', properties: { key: TEXT, operator: TEXT, values: TEXTS } } } },
};
const SPEC: SchemaLike = {
  type: 'object',
  properties: {
    ...texts('user', 'uid'),
    groups: TEXTS,
    extra: { type: 'object', additionalProperties: TEXTS },
    resourceAttributes: { type: 'object', properties: { ...texts('namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'), fieldSelector: SELECTOR, labelSelector: SELECTOR } },
    nonResourceAttributes: { type: 'object', properties: texts('path', 'verb') },
  },
};

/** An expression that cannot be compiled, or does not answer with a bool. */
export class AccessReviewConditionError extends Error {
  override readonly name = 'AccessReviewConditionError';
}

/** Expressions about `request`, the spec of a SubjectAccessReview, as authorization webhooks are matched by. */
export class AccessReviewConditions {
  readonly #programs: readonly Program[];

  /** Throws AccessReviewConditionError. */
  constructor(expressions: readonly string[]) {
    const environment = kubernetesEnvironment({ variables: { request: { schema: requestSchema() } } });
    this.#programs = expressions.map((expression) => {
      const outcome = environment.compile(expression);
      if (outcome.program === undefined) throw new AccessReviewConditionError(failureText(outcome));
      if (!equalTypes(outcome.program.type, BOOL)) throw new AccessReviewConditionError(`must evaluate to bool but got ${typeName(outcome.program.type)}`);
      return outcome.program;
    });
  }

  /** One that does not hold decides, whatever others fail with. `spec` without what is empty. */
  evaluate(spec: object): 'match' | 'no match' | { readonly error: string } {
    const errors: string[] = [];
    for (const program of this.#programs) {
      const result = program.evaluate({ request: spec }, { costLimit: LIMITS.matchConditions });
      if (result.error !== undefined) errors.push(`cel evaluation error: expression '${program.expression}' resulted in error: ${result.error}`);
      else if (result.value !== true) return 'no match';
    }
    if (errors.length === 0) return 'match';
    return { error: errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]` };
  }
}

function requestSchema(): ValueSchema {
  const schema = declareSchema(SPEC, 'kubernetes.SubjectAccessReviewSpec', { plainNames: true });
  if (schema === undefined) throw new TypeError('the schema of reviews declares nothing');
  return schema;
}
