import type { Environment } from './environment.ts';
import { LIMIT } from './cost-estimate.ts';
import { declareSchema, itemSchema } from './json-schema.ts';
import { LIMITS } from './kubernetes-environment.ts';
import { compileRules, maxCardinality } from './rule-compilation.ts';
import type { CompiledRule, RuleSchema, ValidationRule } from './rule-compilation.ts';
import { readFieldPath } from './rule-field-path.ts';
import { child, forbidden, invalid, notSupported, required } from './rule-findings.ts';
import type { RuleFinding } from './rule-findings.ts';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
/** How many of the costliest rules are named when all together cost too much. */
const MOST_EXPENSIVE = 4;

/** Everything wrong with the rules of a schema: what they say, what they cost one by one, and what they cost together. */
export function checkRuleDefinitions(schema: RuleSchema, path: string, environment: Environment): readonly RuleFinding[] {
  const definition = new Definition(environment);
  definition.visit(schema, { path, root: true, cardinality: 1, uncorrelated: undefined, name: 'selfType' });
  return [...definition.shape, ...definition.rules, ...definition.totals(path)];
}

interface Place {
  readonly path: string;
  readonly root: boolean;
  /** How many values of this schema one object can hold; undefined where nothing bounds it. */
  readonly cardinality: number | undefined;
  /** The path of the list above, whose items old and new objects cannot be told to share. */
  readonly uncorrelated: string | undefined;
  readonly name: string;
}

const product = (a: number, b: number): number => Math.min(LIMIT, a * b);

class Definition {
  /** Findings about rules as texts; with any of them at a place or below, rules there are not compiled. */
  readonly shape: RuleFinding[] = [];
  /** Findings about compiled rules. */
  readonly rules: RuleFinding[] = [];
  private readonly environment: Environment;
  private total = 0;
  private readonly expensive: { readonly path: string; readonly cost: number }[] = [];

  constructor(environment: Environment) {
    this.environment = environment;
  }

  visit(schema: RuleSchema, place: Place): void {
    const before = this.shape.length;
    this.visitBelow(schema, place);
    const rules = schema['x-kubernetes-validations'] ?? [];
    if (rules.length === 0) return;
    const path = child(place.path, 'x-kubernetes-validations');
    for (const [i, rule] of rules.entries()) this.checkTexts(rule, schema, `${path}[${i}]`);
    if (this.shape.length > before) return;
    const declared = declareSchema(schema, place.name, { root: place.root || schema['x-kubernetes-embedded-resource'] === true });
    if (declared === undefined) return;
    const count = place.cardinality ?? maxCardinality(declared);
    for (const [i, rule] of compileRules(schema, declared, this.environment).entries()) this.checkCompiled(rule, { path: `${path}[${i}]`, count, place });
  }

  private visitBelow(schema: RuleSchema, place: Place): void {
    const { path, uncorrelated } = place;
    const below = schema['x-kubernetes-map-type'] === 'atomic' ? (uncorrelated ?? path) : uncorrelated;
    const cardinality = (max: number | undefined): number | undefined => (place.cardinality === undefined || max === undefined ? undefined : product(place.cardinality, Math.max(0, max)));
    if (typeof schema.additionalProperties === 'object') {
      this.visit(schema.additionalProperties, {
        path: child(path, 'additionalProperties'), root: false, cardinality: cardinality(schema.maxProperties), uncorrelated: below, name: `${place.name}.@elem`,
      });
    }
    for (const key of Object.keys(schema.properties ?? {})) {
      const property = schema.properties?.[key];
      if (property !== undefined) this.visit(property, { path: child(path, `properties[${key}]`), root: false, cardinality: place.cardinality, uncorrelated: below, name: `${place.name}.${key}` });
    }
    const items = itemSchema(schema);
    if (items !== undefined) {
      const itemsUncorrelated = schema['x-kubernetes-list-type'] === 'map' ? uncorrelated : (uncorrelated ?? path);
      this.visit(items, { path: child(path, 'items'), root: false, cardinality: cardinality(schema.maxItems), uncorrelated: itemsUncorrelated, name: `${place.name}.@idx` });
    }
  }

  private checkTexts(rule: ValidationRule, schema: RuleSchema, path: string): void {
    const { rule: text = '', message = '', messageExpression = '', fieldPath = '' } = rule;
    if (text.trim() === '') this.shape.push(required(child(path, 'rule'), 'rule is not specified'));
    else if (message !== '' && message.trim() === '') this.shape.push(invalid(child(path, 'message'), message, 'must be non-empty if specified'));
    else if (hasLineBreak(message.trim())) this.shape.push(invalid(child(path, 'message'), message, 'must not contain line breaks'));
    else if (hasLineBreak(text.trim()) && message.trim() === '') this.shape.push(required(child(path, 'message'), 'message must be specified if rule contains line breaks'));
    if (messageExpression !== '' && messageExpression.trim() === '') {
      this.shape.push(required(child(path, 'messageExpression'), 'messageExpression must be non-empty if specified'));
    }
    if (rule.reason !== undefined && rule.reason !== null && !REASONS.includes(rule.reason)) this.shape.push(notSupported(child(path, 'reason'), rule.reason, REASONS));
    if (fieldPath === '') return;
    if (fieldPath.trim() === '') this.shape.push(invalid(child(path, 'fieldPath'), fieldPath, 'must be non-empty if specified'));
    if (hasLineBreak(fieldPath)) this.shape.push(invalid(child(path, 'fieldPath'), fieldPath, 'must not contain line breaks'));
    const read = readFieldPath(fieldPath, schema);
    if ('error' in read) this.shape.push(invalid(child(path, 'fieldPath'), fieldPath, `fieldPath must be a valid path: ${read.error}`));
  }

  private checkCompiled(rule: CompiledRule, { path, count, place }: { path: string; count: number; place: Place }): void {
    const { source } = rule;
    const rulePath = child(path, 'rule');
    this.observe(rulePath, 'rule', product(rule.maxCost, count));
    if (rule.error !== undefined) this.rules.push(invalid(rulePath, internalForm(source), rule.error));
    const messagePath = child(path, 'messageExpression');
    if (rule.messageError !== undefined) this.rules.push(invalid(messagePath, internalForm(source), rule.messageError));
    else if (rule.message !== undefined) this.observe(messagePath, 'messageExpression', rule.messageMaxCost);
    if (rule.usesOldSelf) {
      if (place.uncorrelated !== undefined) {
        this.rules.push(invalid(rulePath, source.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`));
      }
    } else if (rule.error === undefined && source.optionalOldSelf !== undefined && source.optionalOldSelf !== null) {
      this.rules.push(invalid(child(path, 'optionalOldSelf'), source.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
    }
  }

  private observe(path: string, what: string, cost: number): void {
    if (cost > LIMITS.estimatedRule) this.rules.push(forbidden(path, costText(`estimated ${what} cost`, cost, LIMITS.estimatedRule)));
    this.total = Math.min(LIMIT, this.total + cost);
    // What is less than a hundredth of the whole is not worth naming.
    if (cost < LIMITS.estimatedSchema / 100) return;
    this.expensive.push({ path, cost });
    this.expensive.sort((a, b) => b.cost - a.cost);
    this.expensive.length = Math.min(this.expensive.length, MOST_EXPENSIVE);
  }

  totals(path: string): RuleFinding[] {
    if (this.total <= LIMITS.estimatedSchema) return [];
    return [
      ...this.expensive.map((rule) => forbidden(rule.path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema')),
      forbidden(path, costText('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', this.total, LIMITS.estimatedSchema)),
    ];
  }
}

const hasLineBreak = (text: string): boolean => /[\r\n]/.test(text);

function costText(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** A rule as the API server's own messages show it. */
function internalForm(rule: ValidationRule): Readonly<Record<string, unknown>> {
  return {
    Rule: rule.rule ?? '',
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}
