/** What each line of an apply ends with, and how often: `created` 80 times. */
export function outcomes(printed: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of printed.trim().split('\n')) {
    const outcome = line.slice(line.indexOf(' ') + 1);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
