import { formatGoValue } from './go-format.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** A strategic merge patch that cannot be applied; the messages are Kubernetes'. */
export class StrategicMergeError extends Error {
  /** The patch is malformed (answered with BadRequest), rather than unfit for this object. */
  readonly badRequest: boolean;
  constructor(message: string, badRequest = false) {
    super(message);
    this.name = 'StrategicMergeError';
    this.badRequest = badRequest;
  }
}

export function unknownDirective(directive: JsonValue | undefined, patch: JsonObject): StrategicMergeError {
  return new StrategicMergeError(`unknown patch type: ${formatGoValue(directive)} in map: ${formatGoValue(patch)}`);
}

export function noMergeKey(item: JsonValue, mergeKey: string): StrategicMergeError {
  return new StrategicMergeError(`map: ${formatGoValue(item)} does not contain declared merge key: ${mergeKey}`);
}
