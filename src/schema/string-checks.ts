import { fieldInvalid, fieldTooLong, fieldTypeInvalid } from '../machinery/field-error.ts';
import { quoteGo } from '../machinery/go-format.ts';
import { stringFormat } from './formats.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import type { Structural } from './structural.ts';
import { errorPath, textPath, type ValidationState } from './validation-state.ts';

type StringCheck = (value: string, state: ValidationState) => number;

/** Undefined where the schema asks nothing of strings. Lengths count characters (code points), though texts say bytes. */
export function compileStringCheck(schema: Structural): StringCheck | undefined {
  const { minLength, maxLength, pattern: source, format } = schema.props;
  const pattern = source === undefined || source === '' ? undefined : lazyPattern(source);
  const isOfFormat = format === undefined || format === '' ? undefined : stringFormat(format);
  if (minLength === undefined && maxLength === undefined && pattern === undefined && isOfFormat === undefined) return undefined;
  return (value, state) => {
    if (maxLength !== undefined && value.length > maxLength && lengthOf(value) > maxLength) {
      state.errors.push(fieldTooLong(errorPath(state), maxLength));
    } else if (minLength !== undefined && (value.length < minLength || lengthOf(value) < minLength)) {
      state.errors.push(fieldInvalid(errorPath(state), value, `${textPath(state)} in body should be at least ${minLength} chars long`));
    } else if (pattern !== undefined && !pattern.matches(value)) {
      state.errors.push(fieldInvalid(errorPath(state), value, `${textPath(state)} in body should match '${source}'`));
    }
    if (isOfFormat === undefined) return 1;
    if (!isOfFormat(value)) {
      state.errors.push(fieldTypeInvalid(errorPath(state), value, `${textPath(state)} in body must be of type ${format}: ${quoteGo(value)}`));
    }
    return 2;
  };
}

function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** A definition's patterns were judged when it was written; compiling them waits for the first value. */
function lazyPattern(source: string): Pattern {
  let compiled: Pattern | undefined;
  return {
    matches(text) {
      if (compiled === undefined) {
        const result = compilePattern(source);
        compiled = 'pattern' in result ? result.pattern : { matches: () => false };
      }
      return compiled.matches(text);
    },
  };
}
