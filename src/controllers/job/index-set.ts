import type { IndexInterval } from '../../api/batch/jobs/index-intervals.ts';

/** Indexes of an indexed job, kept as intervals: a job may have a hundred thousand. Immutable. */
export class IndexSet {
  readonly #intervals: readonly IndexInterval[];

  private constructor(intervals: readonly IndexInterval[]) {
    this.#intervals = intervals;
  }

  /** Of a status, `1,3-5,7`; what a job that shrank no longer has is left out, and so is what cannot be read. */
  static parse(text: string, completions: number): IndexSet {
    const intervals: IndexInterval[] = [];
    for (const part of text === '' ? [] : text.split(',')) {
      const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part);
      if (!match) continue;
      const first = Number(match[1]);
      const last = Math.min(Number(match[2] ?? first), completions - 1);
      if (first <= last) intervals.push({ first, last });
    }
    return new IndexSet(merged(intervals));
  }

  static of(indexes: Iterable<number>): IndexSet {
    return new IndexSet(merged([...indexes].map((index) => ({ first: index, last: index }))));
  }

  get size(): number {
    return this.#intervals.reduce((size, { first, last }) => size + last - first + 1, 0);
  }

  has(index: number): boolean {
    let low = 0;
    let high = this.#intervals.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { first, last } = this.#intervals[middle] as IndexInterval;
      if (index < first) high = middle - 1;
      else if (index > last) low = middle + 1;
      else return true;
    }
    return false;
  }

  union(other: IndexSet): IndexSet {
    if (other.#intervals.length === 0) return this;
    return this.#intervals.length === 0 ? other : new IndexSet(merged([...this.#intervals, ...other.#intervals]));
  }

  /** How many indexes both have. */
  commonWith(other: IndexSet): number {
    let count = 0;
    let i = 0;
    let j = 0;
    while (i < this.#intervals.length && j < other.#intervals.length) {
      const a = this.#intervals[i] as IndexInterval;
      const b = other.#intervals[j] as IndexInterval;
      count += Math.max(0, Math.min(a.last, b.last) - Math.max(a.first, b.first) + 1);
      if (a.last < b.last) i++;
      else j++;
    }
    return count;
  }

  /** The first `count` indexes below `completions` that the set lacks. */
  firstMissing(count: number, completions: number): number[] {
    const missing: number[] = [];
    let candidate = 0;
    for (const { first, last } of [...this.#intervals, { first: completions, last: completions }]) {
      for (; candidate < Math.min(first, completions) && missing.length < count; candidate++) missing.push(candidate);
      if (missing.length === count) return missing;
      candidate = Math.max(candidate, last + 1);
    }
    return missing;
  }

  /** As a status shows it: three in a row or more are an interval. */
  toString(): string {
    return this.#intervals.map(({ first, last }) => (first === last ? String(first) : `${first}${last === first + 1 ? ',' : '-'}${last}`)).join(',');
  }
}

function merged(intervals: readonly IndexInterval[]): IndexInterval[] {
  const result: IndexInterval[] = [];
  for (const interval of intervals.toSorted((a, b) => a.first - b.first)) {
    const previous = result.at(-1);
    if (previous === undefined || interval.first > previous.last + 1) result.push(interval);
    else if (interval.last > previous.last) result[result.length - 1] = { first: previous.first, last: interval.last };
  }
  return result;
}
