/** Simple paths, which name one field: scale subresources (`.spec.replicas`) and selectable fields (`.spec['a.b'].c`). */

/** A text that is no simple path. */
export class FieldPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FieldPathError';
  }
}

/**
 * The names of a path made of `.name` and `['name']`. Throws FieldPathError with the words of Kubernetes' field path
 * parser; list indexes are refused.
 */
export function parseFieldPath(text: string): string[] {
  const names: string[] = [];
  let rest = text;
  while (rest !== '') {
    if (rest.startsWith('.')) {
      const name = (/^[^.[\]]*/.exec(rest.slice(1)) ?? [''])[0];
      if (name === '') throw new FieldPathError(rest.length === 1 ? 'unexpected end of JSON path' : `expected name after . but got: ${rest.charAt(1)}`);
      names.push(name);
      rest = rest.slice(1 + name.length);
    } else if (rest.startsWith('[')) {
      const quoted = /^\['((?:[^'\\]|\\.)*)'\]/.exec(rest);
      if (quoted === null) {
        if (/^\[[0-9]/.test(rest)) throw new FieldPathError('array notation is not allowed');
        throw new FieldPathError(rest.startsWith("['") ? 'unterminated quoted string' : `expected '] but got: ${rest.slice(1)}`);
      }
      names.push((quoted[1] ?? '').replace(/\\(.)/g, '$1'));
      rest = rest.slice(quoted[0].length);
    } else {
      throw new FieldPathError(`expected [ or . but got: ${(/^[^.[\]]+/.exec(rest) ?? [rest])[0]}`);
    }
  }
  return names;
}

/** The value at a path of names; undefined where something on the way is missing or no object. */
export function valueAtFieldPath(root: unknown, names: readonly string[]): unknown {
  let value = root;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
