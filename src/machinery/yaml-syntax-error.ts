import type { ErrorCode, LineCounter, YAMLError } from 'yaml';
import { YamlError } from './yaml-error.ts';

/**
 * Kubernetes' YAML library names the line where its scanner or its parser gave up: the scanner's lines count from one,
 * the parser's from zero, and the first of either is left out.
 */
type Stage = 'scanner' | 'parser';

interface Complaint {
  readonly stage: Stage;
  readonly text: string;
}

const MAPPING_VALUES: Complaint = { stage: 'scanner', text: 'mapping values are not allowed in this context' };
const BAD_TOKEN: Complaint = { stage: 'scanner', text: 'found character that cannot start any token' };
const NO_NODE: Complaint = { stage: 'parser', text: 'did not find expected node content' };
const NO_KEY: Complaint = { stage: 'parser', text: 'did not find expected key' };
const NO_COLON: Complaint = { stage: 'scanner', text: "could not find expected ':'" };
const UNEXPECTED_END: Complaint = { stage: 'scanner', text: 'found unexpected end of stream' };

const COMPLAINTS: Readonly<Partial<Record<ErrorCode, Complaint>>> = {
  TAB_AS_INDENT: BAD_TOKEN,
  BAD_SCALAR_START: BAD_TOKEN,
  BLOCK_AS_IMPLICIT_KEY: MAPPING_VALUES,
  MULTILINE_IMPLICIT_KEY: MAPPING_VALUES,
  BAD_DQ_ESCAPE: { stage: 'scanner', text: 'found unknown escape character' },
  RESOURCE_EXHAUSTION: { stage: 'scanner', text: 'exceeded max depth of 10000' },
  BAD_DIRECTIVE: { stage: 'parser', text: 'found incompatible YAML document' },
  BAD_ALIAS: { stage: 'scanner', text: 'did not find expected alphabetic or numeric character' },
  BLOCK_IN_FLOW: NO_NODE,
  MISSING_CHAR: NO_COLON,
  BAD_INDENT: NO_KEY,
  UNEXPECTED_TOKEN: NO_KEY,
};

/** The library's own complaint about a document, as near as the parser in use can tell. */
export function describeYamlError(problem: YAMLError, text: string, lines: LineCounter): YamlError {
  const [start, end] = problem.pos;
  const open = unclosedFlow(problem, text);
  if (open !== undefined) return complain(open, lines.linePos(text.length).line + (text.endsWith('\n') ? 0 : 1));
  const complaint = complaintFor(problem, text);
  const offset = complaint === MAPPING_VALUES ? colonAfter(text, start) : complaint === UNEXPECTED_END ? Math.max(end, text.length) : start;
  // That a key lacks its colon shows on the line behind it.
  const behind = complaint === NO_COLON ? 1 : 0;
  return complain(complaint, lines.linePos(Math.min(offset, text.length)).line + behind);
}

function complaintFor(problem: YAMLError, text: string): Complaint {
  if (problem.code === 'MISSING_CHAR' && problem.message.includes('quote')) return UNEXPECTED_END;
  if (problem.code === 'UNEXPECTED_TOKEN' && problem.message.includes('block-seq-ind')) {
    return { stage: 'scanner', text: 'block sequence entries are not allowed in this context' };
  }
  if (problem.code === 'UNEXPECTED_TOKEN' && problem.message.includes('Block scalar header')) {
    return { stage: 'scanner', text: 'did not find expected comment or line break' };
  }
  if (text.trim() === '') return NO_NODE;
  return COMPLAINTS[problem.code] ?? NO_NODE;
}

function complain({ stage, text }: Complaint, line: number): YamlError {
  const shown = stage === 'parser' ? line - 1 : line;
  const where = shown > (stage === 'parser' ? 0 : 1) ? `line ${shown}: ` : '';
  return new YamlError(`yaml: ${where}${text}`);
}

/** A flow collection that the text ends inside of; what is missing depends on what came last. */
function unclosedFlow(problem: YAMLError, text: string): Complaint | undefined {
  const kind = /^Flow (map|sequence) (?:in block collection must|must)/.exec(problem.message)?.[1];
  if (kind === undefined) return undefined;
  if (/[[{,:]\s*$/.test(text)) return NO_NODE;
  return { stage: 'parser', text: kind === 'map' ? "did not find expected ',' or '}'" : "did not find expected ',' or ']'" };
}

/** Where the colon stands that came too late. */
function colonAfter(text: string, offset: number): number {
  const match = /:(?=\s|$)/.exec(text.slice(offset));
  return match === null ? offset : offset + match.index;
}
