import { X509Certificate } from 'node:crypto';
import type { CertificateSigningRequest } from '../../api/types/generated/certificates-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { hasCondition, isIssued, type SharedRequest } from './signing-request.ts';

const NAME = 'certificatesigningrequest-cleaner-controller';
const HOUR_MS = 3_600_000;
/** So long whoever asked may take to fetch an answer. */
const ANSWERED_MS = HOUR_MS;
/** So long whoever is to answer may take. */
const PENDING_MS = 24 * HOUR_MS;

/** Deletes requests for certificates that nobody needs any more. */
export function startCertificateCleaner({ client, clock, informers, log }: ControllerContext): RunningController {
  const requests = informers.get<CertificateSigningRequest>(BUILTIN.certificateSigningRequests);
  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const request = requests.store.get(key);
      if (!request) return;
      const waitMs = endOf(request) - clock.now();
      if (waitMs > 0) return { requeueAfterMs: waitMs };
      try {
        await client.resource<CertificateSigningRequest>(BUILTIN.certificateSigningRequests).delete(key, { signal, ...(request.metadata.uid !== undefined && { preconditions: { uid: request.metadata.uid } }) });
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
      return undefined;
    },
  });
  controller.watch(requests, { filter: ({ event }) => event !== 'delete' });
  controller.start();
  return controller;
}

/** When the request is to be deleted, in epoch milliseconds. */
export function endOf(request: SharedRequest): number {
  const created = Date.parse(request.metadata.creationTimestamp ?? '') || 0;
  const since = (type: string): number => {
    const condition = request.status?.conditions?.find((each) => each.type === type && (each.status as string) === 'True');
    return condition ? Date.parse(condition.lastUpdateTime ?? condition.lastTransitionTime ?? '') || created : Number.POSITIVE_INFINITY;
  };
  const answered = Math.min(since('Denied'), since('Failed'), isIssued(request) ? since('Approved') : Number.POSITIVE_INFINITY) + ANSWERED_MS;
  const isPending = !isIssued(request) && !hasCondition(request, 'Denied') && !hasCondition(request, 'Failed');
  return Math.min(answered, isPending ? created + PENDING_MS : Number.POSITIVE_INFINITY, expiryOf(request));
}

function expiryOf({ status }: SharedRequest): number {
  const certificate = status?.certificate ?? '';
  if (certificate === '') return Number.POSITIVE_INFINITY;
  try {
    return new X509Certificate(Buffer.from(certificate, 'base64')).validToDate.getTime();
  } catch {
    // Other signers may have put there what only they can read.
    return Number.POSITIVE_INFINITY;
  }
}
