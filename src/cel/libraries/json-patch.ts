import { noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Library } from '../functions.ts';

/** `jsonpatch.escapeKey('a/b')`: a key as JSON pointers write it. */
export const jsonPatch: Library = {
  name: 'kubernetes.jsonpatch',
  functions: [
    declare(
      'jsonpatch.escapeKey',
      overload('string_jsonpatch_escapeKey_string', '(string) -> string', (key) => (typeof key === 'string' ? key.replaceAll('~', '~0').replaceAll('/', '~1') : noSuchOverload())),
    ),
  ],
};
