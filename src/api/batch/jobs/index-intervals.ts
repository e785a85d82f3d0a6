import { quoteGo } from '../../../machinery/go-format.ts';

/** A text that is no list of indexes; the message is Kubernetes'. */
export class IndexIntervalsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'IndexIntervalsError';
  }
}

export interface IndexInterval {
  readonly first: number;
  readonly last: number;
}

/**
 * Indexes of an indexed job, `1,3-5,7`, in growing order and below `completions`. Throws IndexIntervalsError.
 */
export function parseIndexIntervals(text: string, completions: number): IndexInterval[] {
  if (text === '') return [];
  const intervals: IndexInterval[] = [];
  let previous: number | undefined;
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions);
    if (previous !== undefined && previous >= interval.first) throw new IndexIntervalsError(`non-increasing order, previous: ${previous}, current: ${interval.first}`);
    intervals.push(interval);
    previous = interval.last;
  }
  return intervals;
}

export function countIndexes(intervals: readonly IndexInterval[]): number {
  return intervals.reduce((count, { first, last }) => count + last - first + 1, 0);
}

/** The first index that is in both lists; both are in growing order. */
export function commonIndex(a: readonly IndexInterval[], b: readonly IndexInterval[]): number | undefined {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i] as IndexInterval;
    const right = b[j] as IndexInterval;
    if (left.first <= right.last && right.first <= left.last) return Math.max(left.first, right.first);
    if (left.last < right.last) i++;
    else j++;
  }
  return undefined;
}

function parseInterval(text: string, completions: number): IndexInterval {
  const limits = text.split('-');
  if (limits.length > 2) throw new IndexIntervalsError(`the fragment ${quoteGo(text)} violates the requirement that an index interval can have at most two parts separated by '-'`);
  const first = parseIndex(limits[0] ?? '', completions);
  if (limits.length === 1) return { first, last: first };
  const last = parseIndex(limits[1] ?? '', completions);
  if (first >= last) throw new IndexIntervalsError(`non-increasing order, previous: ${first}, current: ${last}`);
  return { first, last };
}

function parseIndex(text: string, completions: number): number {
  if (!/^[+-]?[0-9]{1,18}$/.test(text)) throw new IndexIntervalsError(`cannot convert string to integer for index: ${quoteGo(text)}`);
  const index = Number(text);
  if (index >= completions) throw new IndexIntervalsError(`too large index: ${quoteGo(text)}`);
  return index;
}
