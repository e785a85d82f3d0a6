import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, formatFieldError, type FieldError } from './field-error.ts';
import { compareBytes, quoteGo } from './go-format.ts';
import { isLabelValue, isQualifiedName } from './names.ts';
import { validateLabels } from './label-validation.ts';

export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

/** meta/v1 LabelSelector, as it stands in specs. */
export interface LabelSelectorObject {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** One condition of a selector; `values` is sorted and holds no value twice. */
export interface Requirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** A compiled selector: made once, asked often. Immutable. */
export class LabelSelector {
  /** Sorted by key. */
  readonly requirements: readonly Requirement[];
  readonly #tests: readonly ((labels: Labels) => boolean)[];
  readonly #nothing: boolean;

  private constructor(requirements: readonly Requirement[], nothing: boolean) {
    this.requirements = [...requirements].sort((a, b) => compareBytes(a.key, b.key));
    this.#tests = this.requirements.map(compile);
    this.#nothing = nothing;
  }

  /** Selects everything. */
  static everything(): LabelSelector {
    return new LabelSelector([], false);
  }

  /** Selects nothing: what an absent selector means where a selector is optional. */
  static nothing(): LabelSelector {
    return new LabelSelector([], true);
  }

  static of(requirements: readonly Requirement[]): LabelSelector {
    return new LabelSelector(requirements, false);
  }

  /** Absent labels count as none. */
  matches(labels: Labels | undefined): boolean {
    if (this.#nothing) return false;
    const given = labels ?? NO_LABELS;
    for (const test of this.#tests) if (!test(given)) return false;
    return true;
  }

  /** True when every object is selected. */
  get isEverything(): boolean {
    return this.requirements.length === 0 && !this.#nothing;
  }

  /** True when no object can be selected. */
  get isNothing(): boolean {
    return this.#nothing;
  }

  /** The value that a selected object's label must have, where the selector demands exactly one. */
  requiredValue(key: string): string | undefined {
    for (const { key: own, operator, values } of this.requirements) {
      if (own === key && values.length === 1 && (operator === '=' || operator === '==' || operator === 'in')) return values[0];
    }
    return undefined;
  }

  /** The canonical text: parsing it gives the same selector. */
  toString(): string {
    return this.requirements.map(formatRequirement).join(',');
  }
}

const NO_LABELS: Labels = Object.freeze({});

const has = (labels: Labels, key: string): boolean => Object.hasOwn(labels, key);

function compile({ key, operator, values }: Requirement): (labels: Labels) => boolean {
  const [first] = values;
  const set = new Set(values);
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      if (values.length === 1) return (labels) => labels[key] === first && has(labels, key);
      return (labels) => has(labels, key) && set.has(labels[key] as string);
    case 'notin':
    case '!=':
      return (labels) => !has(labels, key) || !set.has(labels[key] as string);
    case 'exists':
      return (labels) => has(labels, key);
    case '!':
      return (labels) => !has(labels, key);
    case 'gt':
    case 'lt':
    default: {
      const limit = parseInt64(first ?? '') ?? 0n;
      return (labels) => {
        const value = has(labels, key) ? parseInt64(labels[key] as string) : undefined;
        return value !== undefined && (operator === 'gt' ? value > limit : value < limit);
      };
    }
  }
}

/** Go's strconv.ParseInt(text, 10, 64). */
function parseInt64(text: string): bigint | undefined {
  if (text.length > 64 || !/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

export function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values.join(',')}`;
    case 'lt':
      return `${key}<${values.join(',')}`;
    case '=':
    case '==':
    case '!=':
    default:
      return `${key}${operator}${values.join(',')}`;
  }
}

/** A selector that cannot be parsed or built. */
export class LabelSelectorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LabelSelectorError';
  }
}

const OPERATORS: readonly LabelOperator[] = ['!', '=', '==', 'exists', 'gt', 'in', 'lt', '!=', 'notin'];

/** Makes one checked condition; throws LabelSelectorError with every finding. */
export function makeRequirement(key: string, operator: LabelOperator, given: readonly string[]): Requirement {
  const values = [...new Set(given)].sort(compareBytes);
  const findings = [...keyFindings(key, FieldPath.root('key')), ...operandFindings(operator, values)];
  values.forEach((value, i) => {
    const texts = isLabelValue(value);
    if (texts.length > 0) findings.push(fieldInvalid(FieldPath.root('values').index(i).key(key), value, texts.join('; ')));
  });
  if (findings.length > 0) throw new LabelSelectorError(formatAggregate(findings));
  return { key, operator, values };
}

export function checkSelectorKey(key: string): void {
  const findings = keyFindings(key, FieldPath.root());
  if (findings.length > 0) throw new LabelSelectorError(formatAggregate(findings));
}

function keyFindings(key: string, path: FieldPath): FieldError[] {
  const texts = isQualifiedName(key);
  return texts.length === 0 ? [] : [fieldInvalid(path, key, texts.join('; '))];
}

function operandFindings(operator: LabelOperator, values: readonly string[]): FieldError[] {
  const path = FieldPath.root('values');
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length > 0 ? [] : [fieldInvalid(path, values, "for 'in', 'notin' operators, values set can't be empty")];
    case '=':
    case '==':
    case '!=':
      return values.length === 1 ? [] : [fieldInvalid(path, values, 'exact-match compatibility requires one single value')];
    case 'exists':
    case '!':
      return values.length === 0 ? [] : [fieldInvalid(path, values, 'values set must be empty for exists and does not exist')];
    case 'gt':
    case 'lt':
      return [
        ...(values.length === 1 ? [] : [fieldInvalid(path, values, "for 'Gt', 'Lt' operators, exactly one value is required")]),
        ...values.flatMap((value, i) =>
          parseInt64(value) === undefined ? [fieldInvalid(path.index(i), value, "for 'Gt', 'Lt' operators, the value must be an integer")] : [],
        ),
      ];
    default:
      return [fieldNotSupported(FieldPath.root('operator'), operator, OPERATORS)];
  }
}

/** Go's errors.NewAggregate: one as it is, several in brackets, repeated texts once. */
function formatAggregate(findings: readonly FieldError[]): string {
  const texts = [...new Set(findings.map(formatFieldError))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

const OBJECT_OPERATORS: ReadonlyMap<string, LabelOperator> = new Map([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/**
 * Compiles a selector object: absent selects nothing, empty selects everything. Throws LabelSelectorError for an object
 * that validation would refuse.
 */
export function labelSelectorFromObject(selector: LabelSelectorObject | undefined | null): LabelSelector {
  if (selector === undefined || selector === null) return LabelSelector.nothing();
  const requirements: Requirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) requirements.push(makeRequirement(key, '=', [value]));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = OBJECT_OPERATORS.get(operator);
    if (known === undefined) throw new LabelSelectorError(`${quoteGo(operator)} is not a valid label selector operator`);
    requirements.push(makeRequirement(key, known, values ?? []));
  }
  return LabelSelector.of(requirements);
}

/** Compiles a plain map (a Service's or ReplicationController's selector): absent or empty selects everything. */
export function labelSelectorFromMap(map: Labels | undefined | null): LabelSelector {
  return LabelSelector.of(Object.entries(map ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] })));
}

export interface ValidateLabelSelectorOptions {
  /** Values that are no label values are let through, where older objects hold such. */
  readonly allowInvalidLabelValues?: boolean;
}

/** Findings about a selector object; an absent one has none. */
export function validateLabelSelector(selector: LabelSelectorObject | undefined | null, path: FieldPath, options: ValidateLabelSelectorOptions = {}): FieldError[] {
  if (selector === undefined || selector === null) return [];
  const findings = validateLabels(selector.matchLabels, path.child('matchLabels'));
  (selector.matchExpressions ?? []).forEach((requirement, i) => {
    findings.push(...validateRequirement(requirement, path.child('matchExpressions').index(i), options));
  });
  return findings;
}

function validateRequirement(requirement: LabelSelectorRequirement, path: FieldPath, options: ValidateLabelSelectorOptions): FieldError[] {
  const findings: FieldError[] = [];
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) findings.push(fieldRequired(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) findings.push(fieldForbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    default:
      findings.push(fieldInvalid(path.child('operator'), requirement.operator ?? '', 'not a valid selector operator'));
  }
  for (const text of isQualifiedName(requirement.key ?? '')) findings.push(fieldInvalid(path.child('key'), requirement.key ?? '', text));
  if (options.allowInvalidLabelValues !== true) {
    values.forEach((value, i) => {
      for (const text of isLabelValue(value)) findings.push(fieldInvalid(path.child('values').index(i), value, text));
    });
  }
  return findings;
}
