import type { Outcome } from '../registry/outcome.ts';

/** What a creation answers that makes no object. */
export function createdStatus(): Outcome {
  return { type: 'status', status: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}
