/**
 * `malformed`: the body is no patch. `too-large`: it has too many operations or copies too much. `failed`: an operation
 * does not apply to this document. `test-failed`: it does not, since a value is not what a `test` expects.
 */
export type JsonPatchFailure = 'malformed' | 'too-large' | 'failed' | 'test-failed';

/** A JSON patch that cannot be read or applied. */
export class JsonPatchError extends Error {
  readonly reason: JsonPatchFailure;
  constructor(reason: JsonPatchFailure, message: string) {
    super(message);
    this.name = 'JsonPatchError';
    this.reason = reason;
  }
  get tooLarge(): boolean {
    return this.reason === 'too-large';
  }
}
