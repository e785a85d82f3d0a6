import { compareBytes } from './go-format.ts';

/** One condition: the field must (not) have the value. */
export interface FieldTerm {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A selector that cannot be parsed. */
export class FieldSelectorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FieldSelectorError';
  }
}

/** A compiled field selector; which fields a kind knows is the caller's to say. Immutable. */
export class FieldSelector {
  /** In the order of their texts. */
  readonly terms: readonly FieldTerm[];

  constructor(terms: readonly FieldTerm[]) {
    this.terms = terms;
  }

  static everything(): FieldSelector {
    return new FieldSelector([]);
  }

  get isEverything(): boolean {
    return this.terms.length === 0;
  }

  /** `lookup` gives a field's value; a field that the object lacks is the empty text. */
  matches(lookup: (field: string) => string | undefined): boolean {
    for (const { field, operator, value } of this.terms) {
      if (((lookup(field) ?? '') === value) !== (operator === '=')) return false;
    }
    return true;
  }

  /** The value that a selected object's field must have, when the selector demands one. */
  requiredValue(field: string): string | undefined {
    return this.terms.find((term) => term.field === field && term.operator === '=')?.value;
  }

  /** Maps labels and values to a kind's own; what `convert` throws is the answer for a field it does not know. */
  transform(convert: (field: string, value: string) => readonly [field: string, value: string]): FieldSelector {
    return new FieldSelector(
      this.terms.map(({ field, operator, value }) => {
        const [newField, newValue] = convert(field, value);
        return { field: newField, operator, value: newValue };
      }),
    );
  }

  toString(): string {
    return this.terms.map(({ field, operator, value }) => `${field}${operator}${escapeFieldValue(value)}`).join(',');
  }
}

/**
 * Parses the text of a `fieldSelector` parameter: `metadata.name=a,status.phase!=Running`. A backslash before `,`, `=`
 * or another backslash makes it part of a value. Throws FieldSelectorError with Kubernetes' message.
 */
export function parseFieldSelector(text: string): FieldSelector {
  if (text === '') return FieldSelector.everything();
  const terms: FieldTerm[] = [];
  for (const part of splitTerms(text).sort(compareBytes)) {
    if (part === '') continue;
    const match = /!=|==|=/.exec(part);
    if (match === null) throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    const value = unescapeFieldValue(part.slice(match.index + match[0].length));
    terms.push({ field: part.slice(0, match.index), operator: match[0] === '!=' ? '!=' : '=', value });
  }
  return new FieldSelector(terms);
}

/** Splits at commas that no backslash stands before. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\') {
      i++;
    } else if (char === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

/** Inverse of unescapeFieldValue. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

function unescapeFieldValue(text: string): string {
  if (!/[\\,=]/.test(text)) return text;
  let value = '';
  const chars = Array.from(text);
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char === ',' || char === '=') {
      // Kubernetes prints the character's number here.
      throw new FieldSelectorError(`invalid field selector: unescaped character in value: ${char.codePointAt(0)}`);
    }
    if (char !== '\\') {
      value += char;
      continue;
    }
    const next = chars[++i] ?? '';
    if (!['\\', ',', '='].includes(next)) throw new FieldSelectorError(`invalid field selector: invalid escape sequence: \\${next}`);
    value += next;
  }
  return value;
}
