/**
 * Calls `create` so many times, in batches that double as long as they succeed: a creation that is refused is tried once
 * or so, not five hundred times. The answer is how many succeeded, and the first failure.
 */
export async function slowStart(count: number, create: () => Promise<void>): Promise<{ readonly created: number; readonly error?: unknown }> {
  let created = 0;
  for (let size = Math.min(count, 1); size > 0; size = Math.min(count - created, size * 2)) {
    const results = await Promise.allSettled(Array.from({ length: size }, () => create()));
    created += results.filter(({ status }) => status === 'fulfilled').length;
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) return { created, error: failed.reason };
  }
  return { created };
}
