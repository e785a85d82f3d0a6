import { itemSchema } from './json-schema.ts';
import type { SchemaLike } from './json-schema.ts';

/**
 * A rule's `fieldPath` (`.spec.limits['a-b']`) as messages show it, or what is wrong with it. Lists cannot be gone
 * through.
 */
export function readFieldPath(path: string, schema: SchemaLike): { readonly path: string } | { readonly error: string } {
  const tokens = tokenize(path);
  let current: SchemaLike | undefined = schema;
  let shown = '';
  for (let i = 0; i < tokens.length; ) {
    const separator = tokens[i++];
    let name: string;
    if (separator === '[') {
      const quoted = tokens[i++];
      if (quoted === undefined) return { error: 'unexpected end of JSON path' };
      const key = unquote(quoted);
      if (key === undefined) return { error: `expected single quoted string but got ${quoted}` };
      const close = tokens[i++];
      if (close === undefined) return { error: 'unexpected end of JSON path' };
      if (close !== ']') return { error: `expected ] but got ${close}` };
      name = key;
    } else if (separator === '.') {
      const next = tokens[i++];
      if (next === undefined) return { error: 'unexpected end of JSON path' };
      name = next;
    } else {
      return { error: `expected [ or . but got: ${separator ?? ''}` };
    }
    if (current === undefined || itemSchema(current) !== undefined) return { error: 'does not refer to a valid field' };
    if (current.properties !== undefined) {
      current = Object.hasOwn(current.properties, name) ? current.properties[name] : undefined;
      if (current === undefined) return { error: 'does not refer to a valid field' };
      shown = shown === '' ? name : `${shown}.${name}`;
    } else if (typeof current.additionalProperties === 'object') {
      current = current.additionalProperties;
      shown = `${shown}[${name}]`;
    } else {
      return { error: 'does not refer to a valid field' };
    }
  }
  return { path: shown };
}

/** Dots and brackets, quoted keys, and what stands between. */
function tokenize(path: string): string[] {
  return path.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/gs) ?? [];
}

function unquote(text: string): string | undefined {
  const inner = /^'((?:[^'\\]|\\.)*)'$/s.exec(text)?.[1];
  return inner?.replace(/\\(.)/gs, '$1');
}
