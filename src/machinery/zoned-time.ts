/** A moment as the clocks of a zone show it. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** Moments by the clocks of one zone of the IANA database. Moments are milliseconds since 1970. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat | undefined;

  /** Throws RangeError for a name that is none. */
  constructor(name: string) {
    this.#format =
      name === 'UTC'
        ? undefined
        : new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', era: 'short', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  }

  wallTime(epochMs: number): WallTime {
    const shown = new Date(epochMs + this.offsetMs(epochMs));
    return {
      year: shown.getUTCFullYear(),
      month: shown.getUTCMonth() + 1,
      day: shown.getUTCDate(),
      hour: shown.getUTCHours(),
      minute: shown.getUTCMinutes(),
      second: shown.getUTCSeconds(),
      weekday: shown.getUTCDay(),
    };
  }

  /** What the zone is ahead of UTC. */
  offsetMs(epochMs: number): number {
    if (!this.#format) return 0;
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(epochMs)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(epochMs / 1000) * 1000;
  }

  /**
   * The moment at which clocks show the time; months and days may overflow. Of a time that clocks show twice it is one of
   * the two; of one that they skip, the moment as far after it, or before it, as they jump.
   */
  at(year: number, month: number, day: number, hour = 0): number {
    const shown = Date.UTC(year, month - 1, day, hour);
    const guess = this.offsetMs(shown);
    return shown - this.offsetMs(shown - guess);
  }
}
