import { failure, type StatusError } from '../../../machinery/status-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';

/** A conversion that did not come about, as clients are told of it. */
export function conversionError({ apiVersion, kind }: KubeObject, problem: string, cause?: unknown): StatusError {
  return failure({ code: 500, message: `conversion webhook for ${apiVersion}, Kind=${kind} ${problem}`, ...(cause !== undefined && { cause }) });
}
