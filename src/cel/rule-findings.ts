/** What is found about rules and by them, in Kubernetes' words: the shape of its field errors. */
export interface RuleFinding {
  readonly type: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueDuplicate' | 'FieldValueNotSupported' | 'InternalError';
  /** A field path; '' for the whole object. */
  readonly field: string;
  /** Everything behind the path: `Invalid value: 1: failed rule: self > 1`. */
  readonly message: string;
}

/** Stands for a value that messages leave out. */
export const OMITTED: unique symbol = Symbol('omitted');

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  return typeof value === 'bigint' ? value.toString() : escapeHtml(JSON.stringify(value), value);
}

/** Objects are shown as Go encodes them: with `&`, `<` and `>` escaped. */
function escapeHtml(json: string, value: unknown): string {
  return typeof value === 'object' ? json.replace(/[&<>]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`) : json;
}

const body = (head: string, value: unknown): string => (value === OMITTED ? head : `${head}: ${shown(value)}`);
const detailed = (head: string, detail: string): string => (detail === '' ? head : `${head}: ${detail}`);

export const invalid = (field: string, value: unknown, detail: string): RuleFinding => ({
  type: 'FieldValueInvalid',
  field,
  message: detailed(body('Invalid value', value), detail),
});
export const required = (field: string, detail: string): RuleFinding => ({ type: 'FieldValueRequired', field, message: detailed('Required value', detail) });
export const forbidden = (field: string, detail: string): RuleFinding => ({ type: 'FieldValueForbidden', field, message: detailed('Forbidden', detail) });
export const duplicate = (field: string, value: unknown): RuleFinding => ({ type: 'FieldValueDuplicate', field, message: body('Duplicate value', value) });
export const notSupported = (field: string, value: unknown, supported: readonly string[]): RuleFinding => ({
  type: 'FieldValueNotSupported',
  field,
  message: `${body('Unsupported value', value)}: supported values: ${supported.map((s) => JSON.stringify(s)).join(', ')}`,
});

/** `spec.n: Invalid value: …` */
export const formatFinding = (finding: RuleFinding): string => `${finding.field === '' ? '<nil>' : finding.field}: ${finding.message}`;

export const child = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
