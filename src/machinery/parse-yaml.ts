import { Composer, LineCounter, Parser, type Document } from 'yaml';
import type { JsonValue } from './json.ts';
import { JsonSyntaxError, parseJson } from './parse-json.ts';
import { YamlConverter } from './yaml-converter.ts';
import { YamlError } from './yaml-error.ts';
import { describeYamlError } from './yaml-syntax-error.ts';

export { stringifyYaml } from './yaml-emitter.ts';
export { YamlError } from './yaml-error.ts';

export interface ParsedYaml {
  readonly value: JsonValue;
  /** One finding per key given twice (the last one counts): `line 7: key "k" already set in map`. */
  readonly duplicates: string[];
}

/**
 * The first document of a YAML text as JSON, as Kubernetes' library reads it: YAML 1.1 words, Go's numbers, timestamps
 * as text, keys as text. An empty text is null. Aliases may not blow a small text up. Throws YamlError, whose message
 * begins with `yaml: `.
 *
 * This module loads the YAML parser: import it only where YAML comes in.
 */
export function parseYaml(text: string): ParsedYaml {
  const json = asPlainJson(text);
  if (json !== undefined) return { value: json, duplicates: [] };
  const lines = new LineCounter();
  try {
    const document = firstDocument(text, lines);
    if (document === undefined) return { value: null, duplicates: [] };
    const [problem] = document.errors;
    if (problem !== undefined) throw describeYamlError(problem, text, lines);
    const converter = new YamlConverter((offset) => lines.linePos(offset).line);
    return { value: converter.convert(document.contents), duplicates: converter.duplicates };
  } catch (error) {
    // The parser and the converter call themselves for each level of nesting.
    if (error instanceof RangeError) throw new YamlError('yaml: exceeded max depth of 10000', { cause: error });
    throw error;
  }
}

/**
 * The value of a text that is JSON without anything that YAML would report: what kubectl sends when it applies. A hundred
 * times faster than reading it as YAML.
 */
function asPlainJson(text: string): JsonValue | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const { value, duplicates } = parseJson(text);
    return duplicates.length === 0 ? value : undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

/** What strict decoding says of keys given twice. */
export function formatYamlDuplicates(duplicates: readonly string[]): string {
  return `yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`;
}

function firstDocument(text: string, lines: LineCounter): Document.Parsed | undefined {
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, keepSourceTokens: false, merge: false, prettyErrors: false });
  for (const document of composer.compose(new Parser(lines.addNewLine).parse(text))) return document as Document.Parsed;
  return undefined;
}
