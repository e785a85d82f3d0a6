/**
 * How expressions write property names that are no CEL identifiers: `a-b` is `a__dash__b`, `namespace` is
 * `__namespace__`.
 */
const RESERVED = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package',
  'namespace', 'return', 'var', 'void', 'while',
]);
const ESCAPES: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };

/** Undefined for names that no expression can write. */
export function escapeProperty(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  if (!/^[a-zA-Z_./-][a-zA-Z0-9_./-]*$/.test(name)) return undefined;
  return name.replace(/__|[./-]/g, (found) => ESCAPES[found] ?? found);
}

/** The property that an escaped name stands for; undefined for names that are no escape of anything. */
export function unescapeProperty(name: string): string | undefined {
  const reserved = /^__(.*)__$/.exec(name)?.[1];
  if (reserved !== undefined && RESERVED.has(reserved)) return reserved;
  const property = name.replace(/__(underscores|dot|dash|slash)__/g, (_, word: string) => UNESCAPES[word] ?? '');
  return escapeProperty(property) === name ? property : undefined;
}

const UNESCAPES: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };
