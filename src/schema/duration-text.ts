/**
 * The `duration` format: what Go's time.ParseDuration reads (`1h30m`), or, failing that, numbers with units by name
 * (`2 days`, `3 weeks 1 hour`), of which at least one has to make sense.
 */
const GO_DURATION = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** Units by name: the short spellings have to fit exactly, the last one as a beginning (`sec` for `seconds`). */
const UNITS: readonly (readonly string[])[] = [
  ['ns', 'nano'],
  ['us', 'µs', 'micro'],
  ['ms', 'milli'],
  ['s', 'sec'],
  ['m', 'min'],
  ['h', 'hr', 'hour'],
  ['d', 'day'],
  ['w', 'wk', 'week'],
];

export function isDurationText(text: string): boolean {
  if (text.length > 1024) return false;
  if (GO_DURATION.test(text)) return true;
  for (const [, , unit = ''] of text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)) {
    if (isUnit(unit.toLowerCase())) return true;
  }
  return false;
}

function isUnit(unit: string): boolean {
  return UNITS.some((spellings) => spellings.includes(unit) || unit.startsWith(spellings.at(-1) ?? '\0'));
}
