import { badRequest, internalError, StatusError, type Status, type StatusError as Refusal } from '../../../machinery/status-error.ts';
import type { WebhookCallError } from '../client/webhook-call-error.ts';

/** A hook that could not be asked, or whose answer is of no use: its failure policy decides what becomes of the write. */
export class HookFailure extends Error {
  override readonly name = 'HookFailure';
}

export function hookFailure(hook: string, error: WebhookCallError): HookFailure {
  return new HookFailure(`failed calling webhook ${JSON.stringify(hook)}: ${error.message}`, { cause: error });
}

/** What the client is told of a failure that closes. */
export function failedClosed(error: HookFailure): Refusal {
  return internalError(error.message, error);
}

export function dryRunUnsupported(hook: string): Refusal {
  return badRequest(`admission webhook ${JSON.stringify(hook)} does not support dry run`);
}

/** A hook's own refusal: whatever it says of it, never as a success. */
export function hookRejection(hook: string, { message = '', reason, code = 0, details }: Partial<Status> = {}): Refusal {
  const deniedBy = `admission webhook ${JSON.stringify(hook)} denied the request`;
  const text = message !== '' ? `: ${message}` : reason === undefined ? ' without explanation' : `: ${reason}`;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${deniedBy}${text}`,
    ...(reason !== undefined && { reason }),
    ...(details !== undefined && { details }),
    code: code < 400 ? 400 : code,
  });
}
