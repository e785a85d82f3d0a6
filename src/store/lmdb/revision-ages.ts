const marksPerAge = 32;

/** Remembers, in steps of a part of the age, which revision was the newest when. Forgets at a restart. */
export class RevisionAges {
  readonly #maxAgeMs: number | undefined;
  #marks: { readonly timeMs: number; readonly revision: number }[] = [];

  constructor(maxAgeMs: number | undefined) {
    this.#maxAgeMs = maxAgeMs;
  }

  mark(timeMs: number, revision: number): void {
    if (this.#maxAgeMs === undefined) return;
    const last = this.#marks.at(-1);
    if (!last || timeMs - last.timeMs >= this.#maxAgeMs / marksPerAge) this.#marks.push({ timeMs, revision });
  }

  /** The newest revision known to be older than the age; 0 when none is. */
  agedRevision(nowMs: number): number {
    if (this.#maxAgeMs === undefined) return 0;
    const oldestMs = nowMs - this.#maxAgeMs;
    const young = this.#marks.findIndex((mark) => mark.timeMs > oldestMs);
    const aged = young < 0 ? this.#marks.length : young;
    const revision = this.#marks[aged - 1]?.revision ?? 0;
    // The newest aged mark stays, since it answers until the next one ages.
    if (aged > 1) this.#marks = this.#marks.slice(aged - 1);
    return revision;
  }
}
