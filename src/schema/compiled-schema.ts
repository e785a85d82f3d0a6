/** A structural schema made ready for work: compiled on first use, kept by whoever serves the version. */
import { fieldInvalid, FieldPath, type FieldError, type FieldErrorType } from '../machinery/field-error.ts';
import { compileDefaulter, dropNulls, type Defaulter } from './defaulting.ts';
import { coerceEmbedded, validateEmbedded, type DecodeMetadata } from './embedded-resources.ts';
import { validateListTypes } from './list-types.ts';
import { prune } from './pruning.ts';
import type { CompiledRules, RuleCompiler, RuleRunOptions } from './rule-compiler.ts';
import type { Structural } from './structural.ts';
import type { ValidationState } from './validation-state.ts';
import { compileCheck, type Check } from './value-validator.ts';

/** Without an old object: a creation. */
export interface ValidateObjectOptions extends RuleRunOptions {
  readonly old?: unknown;
  /** Findings that come between the schema's own and those about embedded resources (scale paths). */
  readonly further?: readonly FieldError[];
  /** Only this property was written: the schema's keywords look at nothing else, and texts name places from there on. */
  readonly only?: string;
}

export class CompiledSchema {
  readonly structural: Structural;
  readonly #ruleCompiler: RuleCompiler | undefined;
  #check: Check | undefined;
  readonly #propertyChecks = new Map<string, Check>();
  #defaulter: Defaulter | undefined | null = null;
  #rules: CompiledRules | undefined;

  constructor(structural: Structural, ruleCompiler?: RuleCompiler) {
    this.structural = structural;
    this.#ruleCompiler = ruleCompiler;
  }

  /** What the schema's keywords find, as deep as it goes; `old` turns ratcheting on. */
  check(value: unknown, old?: unknown, prefix: FieldPath = FieldPath.root()): FieldError[] {
    this.#check ??= compileCheck(this.structural);
    const state: ValidationState = { prefix, path: [], errors: [], rootIsMap: false };
    this.#check(value, old, state);
    return state.errors;
  }

  #checkProperty(name: string, value: unknown, old: unknown): FieldError[] {
    const property = this.structural.properties.get(name);
    const of = (object: unknown): unknown => (object as Readonly<Record<string, unknown>> | undefined)?.[name];
    const found = of(value);
    if (property === undefined || found === undefined) return [];
    const check = this.#propertyChecks.get(name) ?? compileCheck(property);
    this.#propertyChecks.set(name, check);
    const state: ValidationState = { prefix: FieldPath.root().child(name), path: [], errors: [], rootIsMap: false };
    check(found, of(old), state);
    return state.errors;
  }

  /** Fills defaults in, in place, at all depths. */
  default(value: unknown): void {
    if (this.#defaulter === null) this.#defaulter = compileDefaulter(this.structural);
    this.#defaulter?.(value);
  }

  /** Drops undeclared fields of a whole object, in place; returns their paths where asked for. */
  prune(value: unknown, options: { readonly track: boolean }): string[] {
    return prune(value, this.structural, { root: true, track: options.track });
  }

  /** Drops nulls of fields that are not nullable, in place. After `default`. */
  dropNulls(value: unknown): void {
    dropNulls(value, this.structural);
  }

  /** Decodes the metadata of embedded resources, in place; returns the texts of strict findings. */
  coerce(value: unknown, decode: DecodeMetadata): string[] {
    return coerceEmbedded(value, this.structural, decode);
  }

  /**
   * All findings about a whole object but those about its own metadata: schema, embedded resources, uniqueness in lists,
   * rules. Rules are left out, and that is said, when findings stand against the object's shape.
   */
  validate(value: unknown, options: ValidateObjectOptions = {}): FieldError[] {
    const { structural } = this;
    const errors = options.only === undefined ? this.check(value, options.old) : this.#checkProperty(options.only, value, options.old);
    if (options.further !== undefined) errors.push(...options.further);
    if (structural.has.embeddedResources) errors.push(...validateEmbedded(value, structural));
    if (structural.has.listTypes && (options.old === undefined || validateListTypes(options.old, structural).length === 0)) {
      errors.push(...validateListTypes(value, structural));
    }
    if (structural.has.rules && this.#ruleCompiler !== undefined) {
      if (errors.some((error) => BLOCKING.has(error.type))) errors.push(RULES_NOT_CHECKED);
      else {
        this.#rules ??= this.#ruleCompiler.compileRules(structural);
        errors.push(...this.#rules.validate(value, options.old, options));
      }
    }
    return errors;
  }
}

/** Findings after which a rule could meet values of a type or size it was not made for. */
const BLOCKING: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const RULES_NOT_CHECKED: FieldError = fieldInvalid(
  '',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);
