/** What was thrown, as an error: itself when it is one, an error around it otherwise. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(typeof thrown === 'string' ? thrown : 'something other than an error was thrown', { cause: thrown });
}
