import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError, type FieldPath } from './field-error.ts';
import { compareBytes, quoteGo } from './go-format.ts';
import { compileRequirement, formatRequirement, LabelSelectorError, makeRequirement, type LabelOperator, type Labels, type Requirement } from './label-requirement.ts';
import { parseRequirements } from './label-selector-parser.ts';
import { validateLabels } from './label-validation.ts';
import { isLabelValue, isQualifiedName } from './names.ts';

export { LabelSelectorError, makeRequirement, type LabelOperator, type Labels, type Requirement } from './label-requirement.ts';

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

/** A compiled selector: made once, asked often. Immutable. */
export class LabelSelector {
  /** Sorted by key. */
  readonly requirements: readonly Requirement[];
  readonly #tests: readonly ((labels: Labels) => boolean)[];
  readonly #nothing: boolean;

  private constructor(requirements: readonly Requirement[], nothing: boolean) {
    this.requirements = [...requirements].sort((a, b) => compareBytes(a.key, b.key));
    this.#tests = this.requirements.map(compileRequirement);
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

/**
 * Parses the text of a `labelSelector` parameter: `app=web,tier in (a, b),!old,weight > 3`. The empty text selects
 * everything. Throws LabelSelectorError with Kubernetes' message.
 */
export function parseLabelSelector(text: string): LabelSelector {
  return text === '' ? LabelSelector.everything() : LabelSelector.of(parseRequirements(text));
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
