import type { Environment } from './environment.ts';
import { declareSchema, itemSchema } from './json-schema.ts';
import type { SizedSchema } from './json-schema.ts';
import { LIMITS } from './kubernetes-environment.ts';
import type { Program } from './program.ts';
import { compileRules } from './rule-compilation.ts';
import type { CompiledRule, RuleSchema, ValidationRule } from './rule-compilation.ts';
import { OMITTED, child, duplicate, forbidden, formatFinding, invalid, required } from './rule-findings.ts';
import type { RuleFinding } from './rule-findings.ts';
import { CelOptional } from './values.ts';

/** A schema's rules with those of everything below it; branches without rules are left out. */
export interface RuleTree {
  readonly type: string;
  readonly declared: SizedSchema | undefined;
  readonly rules: readonly CompiledRule[];
  readonly properties: ReadonlyMap<string, RuleTree>;
  readonly values: RuleTree | undefined;
  readonly items: RuleTree | undefined;
  /** Of lists whose items old and new objects share by these keys. */
  readonly listMapKeys: readonly string[] | undefined;
}

/** Undefined if there is no rule at all. */
export function compileRuleTree(schema: RuleSchema, environment: Environment, root: boolean, name = 'selfType'): RuleTree | undefined {
  const properties = new Map<string, RuleTree>();
  for (const key of Object.keys(schema.properties ?? {})) {
    const property = schema.properties?.[key];
    const tree = property === undefined ? undefined : compileRuleTree(property, environment, false, `${name}.${key}`);
    if (tree !== undefined) properties.set(key, tree);
  }
  const values = typeof schema.additionalProperties === 'object' ? compileRuleTree(schema.additionalProperties, environment, false, `${name}.@elem`) : undefined;
  const itemsOf = itemSchema(schema);
  const items = itemsOf === undefined ? undefined : compileRuleTree(itemsOf, environment, false, `${name}.@idx`);
  const own = schema['x-kubernetes-validations'] ?? [];
  if (own.length === 0 && properties.size === 0 && values === undefined && items === undefined) return undefined;
  const declared = own.length === 0 ? undefined : declareSchema(schema, name, { root: root || schema['x-kubernetes-embedded-resource'] === true });
  return {
    type: schema.type ?? '',
    declared,
    rules: declared === undefined ? [] : compileRules(schema, declared, environment),
    properties,
    values,
    items,
    listMapKeys: schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : undefined,
  };
}

export interface RuleRunOptions {
  /** The object that is being replaced; absent on creation, where transition rules are not run. */
  readonly old?: unknown;
  /** Where the value stands; '' for a whole object. */
  readonly path?: string;
  /** Told of findings about parts that the write leaves as they were: they do not hold it up. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Runs all rules on a value that has passed its schema. */
export function runRules(tree: RuleTree, value: unknown, options: RuleRunOptions = {}): readonly RuleFinding[] {
  const run = new RuleRun(options.warn);
  run.visit(tree, { path: options.path ?? '', value, old: options.old, unchanged: unchangedSince(value, options.old) });
  return run.findings;
}

interface Place {
  readonly path: string;
  readonly value: unknown;
  /** The old object's value of this place; undefined where there is none or it cannot be told. */
  readonly old: unknown;
  /** Whether the nearest place that both objects share is the same in both. */
  readonly unchanged: () => boolean;
}

function unchangedSince(value: unknown, old: unknown): () => boolean {
  let known: boolean | undefined;
  return () => (known ??= old !== undefined && equalJson(value, old));
}

const isJson = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const ownValue = (value: unknown, key: string): unknown => (isJson(value) && Object.hasOwn(value, key) ? value[key] : undefined);

class RuleRun {
  readonly findings: RuleFinding[] = [];
  private readonly warn: ((text: string) => void) | undefined;
  /** What all rules together may still cost; negative once one has run it out. */
  private budget: number = LIMITS.perRequest;

  constructor(warn: ((text: string) => void) | undefined) {
    this.warn = warn;
  }

  visit(tree: RuleTree, place: Place): void {
    const { value } = place;
    if (value === undefined || value === null || this.budget < 0) return;
    if (tree.rules.length > 0) this.evaluateAll(tree, place);
    if (Array.isArray(value)) {
      if (tree.items !== undefined) this.visitItems(tree, tree.items, value as readonly unknown[], place);
    } else if (isJson(value)) {
      this.visitFields(tree, value, place);
    }
  }

  private visitFields(tree: RuleTree, value: Readonly<Record<string, unknown>>, place: Place): void {
    if (tree.properties.size === 0 && tree.values === undefined) return;
    for (const key of Object.keys(value)) {
      const property = tree.properties.get(key);
      const below = property ?? tree.values;
      if (below === undefined || this.budget < 0) continue;
      const path = property === undefined ? `${place.path}[${key}]` : child(place.path, key);
      this.visit(below, this.placeBelow(path, value[key], ownValue(place.old, key), place));
    }
  }

  private visitItems(tree: RuleTree, items: RuleTree, value: readonly unknown[], place: Place): void {
    const keys = tree.listMapKeys;
    const olds = keys === undefined || !Array.isArray(place.old) ? undefined : new Map((place.old as readonly unknown[]).map((item) => [keyOf(item, keys), item]));
    for (const [i, item] of value.entries()) {
      if (this.budget < 0) return;
      const old = keys === undefined ? undefined : olds?.get(keyOf(item, keys));
      this.visit(items, this.placeBelow(`${place.path}[${i}]`, item, old, place));
    }
  }

  /** What has no counterpart of its own is as unchanged as what it stands in. */
  private placeBelow(path: string, value: unknown, old: unknown, above: Place): Place {
    return { path, value, old: old ?? undefined, unchanged: old === undefined ? above.unchanged : unchangedSince(value, old) };
  }

  private evaluateAll(tree: RuleTree, place: Place): void {
    const { declared } = tree;
    if (declared === undefined) return;
    if (this.budget <= 0) return this.spent(tree, place);
    const plain = { self: place.value, oldSelf: place.old };
    for (const rule of tree.rules) {
      if (rule.error !== undefined) {
        this.findings.push(invalid(place.path, tree.type, `rule compile error: ${rule.error}`));
        continue;
      }
      if (rule.program === undefined) continue;
      const optional = rule.source.optionalOldSelf === true;
      if (rule.usesOldSelf && place.old === undefined && !optional) continue;
      const activation = optional ? { self: place.value, oldSelf: place.old === undefined ? CelOptional.none : new CelOptional(declared.read(place.old)) } : plain;
      this.evaluate(tree, rule, rule.program, { place, activation });
      if (this.budget < 0) return;
    }
  }

  private spent(tree: RuleTree, place: Place): void {
    this.findings.push(invalid(place.path, tree.type, 'validation failed due to running out of cost budget, no further validation rules will be run'));
    this.budget = -1;
  }

  private evaluate(tree: RuleTree, rule: CompiledRule, program: Program, { place, activation }: { place: Place; activation: Readonly<Record<string, unknown>> }): void {
    const result = program.evaluate(activation, { costLimit: LIMITS.perCall });
    if (result.cost > this.budget) return this.spent(tree, place);
    this.budget -= result.cost;
    if (result.error !== undefined) {
      const text = messageOf(rule.source) ?? (rule.source.rule ?? '').trim();
      if (result.cancelled) {
        this.findings.push(invalid(place.path, tree.type, `'${result.error}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`));
        this.budget = -1;
      } else if (result.error.startsWith('no such overload')) {
        this.findings.push(invalid(place.path, tree.type, `'${result.error}': call arguments did not match a supported operator, function or macro signature for rule: ${text}`));
      } else {
        this.findings.push(invalid(place.path, tree.type, `${result.error} evaluating rule: ${text}`));
      }
      return;
    }
    if (result.value === true) return;
    const path = rule.fieldPath === '' ? place.path : child(place.path, rule.fieldPath);
    const shown = tree.type === 'object' || tree.type === 'array' ? OMITTED : place.value;
    const message = rule.message === undefined ? undefined : this.messageFrom(rule.message, rule.source, { activation, path, type: tree.type });
    if (message !== undefined && typeof message === 'object') {
      this.report(rule, place, message);
      this.budget = -1;
      return;
    }
    this.report(rule, place, judgement(path, shown, message ?? messageOf(rule.source) ?? `failed rule: ${(rule.source.rule ?? '').trim()}`, rule.source.reason));
  }

  private report(rule: CompiledRule, place: Place, finding: RuleFinding): void {
    if (rule.usesOldSelf || !place.unchanged()) this.findings.push(finding);
    else this.warn?.(formatFinding(finding));
  }

  /** What the message expression says; nothing if it fails or says nothing useful; a finding if it costs too much. */
  private messageFrom(program: Program, source: ValidationRule, { activation, path, type }: { activation: Readonly<Record<string, unknown>>; path: string; type: string }): string | RuleFinding | undefined {
    const result = program.evaluate(activation, { costLimit: LIMITS.perCall });
    const quoted = JSON.stringify(source.messageExpression ?? '');
    if (result.cost > this.budget) {
      return invalid(path, type, 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run');
    }
    if (result.error !== undefined) {
      if (result.cancelled) return invalid(path, type, `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${quoted}`);
      this.budget -= result.cost;
      return undefined;
    }
    this.budget -= result.cost;
    const text = typeof result.value === 'string' ? result.value.trim() : '';
    return text === '' || /[\r\n]/.test(text) || Buffer.byteLength(text) > MAX_MESSAGE_BYTES ? undefined : text;
  }
}

/** Longer messages are not shown. */
const MAX_MESSAGE_BYTES = 5 * 1024;

function messageOf(rule: ValidationRule): string | undefined {
  return rule.message === undefined || rule.message === '' ? undefined : rule.message.trim();
}

function judgement(path: string, value: unknown, message: string, reason: string | undefined): RuleFinding {
  switch (reason ?? '') {
    case 'FieldValueForbidden':
      return forbidden(path, message);
    case 'FieldValueRequired':
      return required(path, message);
    case 'FieldValueDuplicate':
      return duplicate(path, value);
    default:
      return invalid(path, value, message);
  }
}

function keyOf(item: unknown, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => ownValue(item, key) ?? null), (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  if (!isJson(a) || !isJson(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]));
}
