import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { RegexCache, compileRegex } from '../regex.ts';
import type { Regex } from '../regex.ts';
import { CelList } from '../values.ts';
import type { CelValue } from '../values.ts';

type Search = (regex: Regex, text: string, limit: CelValue | undefined) => CelValue;

const first: Search = (regex, text) => regex.matches(text, 1)[0]?.text ?? '';

const all: Search = (regex, text, limit) => {
  if (limit !== undefined && typeof limit !== 'number' && typeof limit !== 'bigint') return noSuchOverload();
  const most = limit === undefined || limit < 0 ? Infinity : Number(limit);
  return new CelList(regex.matches(text, most).map((match) => match.text));
};

/** `find` and `findAll`; patterns that are constants are compiled once, others are kept while they are used. */
export function regex(cache = new RegexCache()): Library {
  const implement = (search: Search): Implementation => (text, pattern, limit) => {
    if (typeof text !== 'string' || typeof pattern !== 'string') return noSuchOverload();
    const compiled = cache.get(pattern);
    return 'error' in compiled ? fail(`Illegal regex: ${compiled.error}`) : search(compiled, text, limit);
  };
  const find = implement(first);
  const findAll = implement(all);
  const literal = (functionName: string) => ({
    functionName,
    argument: 0,
    whenPlanned: true,
    check: (value: CelValue) => {
      const compiled = typeof value === 'string' ? compileRegex(value) : undefined;
      return compiled !== undefined && 'error' in compiled ? compiled.error : undefined;
    },
  });
  return {
    name: 'kubernetes.regex',
    functions: [
      declare('find', overload('string_find_string', 'string . (string) -> string', find)),
      declare('findAll', overload('string_find_all_string', 'string . (string) -> list(string)', findAll), overload('string_find_all_string_int', 'string . (string, int) -> list(string)', findAll)),
    ],
    literalChecks: [literal('find'), literal('findAll')],
  };
}
