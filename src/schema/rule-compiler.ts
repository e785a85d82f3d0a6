import type { FieldError, FieldPath } from '../machinery/field-error.ts';
import { fieldForbidden } from '../machinery/field-error.ts';
import type { Structural } from './structural.ts';

/**
 * The seam to the Common Expression Language: judges the `x-kubernetes-validations` of a definition, and makes them
 * runnable. Without one, definitions that have rules are refused.
 */
export interface RuleCompiler {
  /**
   * Findings about the rules of a definition: syntax, types, costs, messages. Called only for schemas that are sound in
   * every other respect. Rules that `old` (the definition's former schema) has too are accepted as they were.
   */
  validateRules(schema: Structural, path: FieldPath, old?: Structural): FieldError[];
  /** Called once per served version, on the first write. */
  compileRules(schema: Structural): CompiledRules;
}

export interface CompiledRules {
  /**
   * Findings about a whole object that has passed the schema. `old` is absent on creation, where transition rules are
   * not run; with it, rules that unchanged parts break do not hold the write up (ratcheting): their findings go to
   * `options.warn`, formatted as findings are in messages.
   */
  validate(value: unknown, old: unknown, options: RuleRunOptions): FieldError[];
}

export interface RuleRunOptions {
  /** Where the value stands, before every finding's field. Default: it is a whole object. */
  readonly path?: string;
  /** Receives what the client is to be warned of; each text becomes a Warning header. */
  readonly warn?: (text: string) => void;
}

/** What a definition with rules is answered while nothing can run them. */
export function refuseRules(schema: Structural, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const visit = (node: Structural, at: FieldPath): void => {
    if (!node.has.rules) return;
    if (node.rules.length > 0) errors.push(fieldForbidden(at.child('x-kubernetes-validations'), 'CEL rules are not supported yet'));
    for (const [name, property] of node.properties) visit(property, at.child('properties').key(name));
    if (node.items !== undefined) visit(node.items, at.child('items'));
    if (typeof node.additionalProperties === 'object') visit(node.additionalProperties, at.child('additionalProperties'));
  };
  visit(schema, path);
  return errors;
}
