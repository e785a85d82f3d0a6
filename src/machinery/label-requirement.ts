import { fieldInvalid, fieldNotSupported, FieldPath, formatFieldError, type FieldError } from './field-error.ts';
import { compareBytes } from './go-format.ts';
import { isLabelValue, isQualifiedName } from './names.ts';

export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

export type Labels = Readonly<Record<string, string>>;

/** One condition of a selector; `values` is sorted and holds no value twice. */
export interface Requirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

const has = (labels: Labels, key: string): boolean => Object.hasOwn(labels, key);

/** The condition as a function. */
export function compileRequirement({ key, operator, values }: Requirement): (labels: Labels) => boolean {
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

/** The condition's canonical text. */
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
