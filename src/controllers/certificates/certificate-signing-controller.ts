import type { CertificateSigningRequest } from '../../api/types/generated/certificates-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import type { CertificateToSign, ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { isSigner, refusal } from './signers.ts';
import { hasCondition, isIssued, parseRequest, type SharedRequest } from './signing-request.ts';

const NAME = 'certificatesigningrequest-signing-controller';
const WORKERS = 5;
const DEFAULT_DURATION_MS = 365 * 86_400_000;
/** Clocks of those who are shown the certificate may be behind. */
const BACKDATE_MS = 5 * 60_000;
/** Of certificates that last less than this nothing is taken off for that. */
const SHORT_MS = 8 * 3_600_000;
const MIN_DURATION_MS = 10 * 60_000;

export type SigningDecision =
  | { readonly type: 'leave' }
  | { readonly type: 'refuse'; readonly message: string }
  | { readonly type: 'sign'; readonly certificate: CertificateToSign };

/** Signs approved requests for certificates of the cluster's own signers. Without an authority's key it signs none. */
export function startCertificateSigning({ client, clock, informers, log, certificateAuthority }: ControllerContext): RunningController {
  const requests = informers.get<CertificateSigningRequest>(BUILTIN.certificateSigningRequests);
  const objects = client.resource<CertificateSigningRequest>(BUILTIN.certificateSigningRequests);
  if (!certificateAuthority) log(`${NAME}: no certificate and key of an authority to sign with were given: requests are not signed`);

  const controller = new Controller({
    name: NAME,
    clock,
    workers: WORKERS,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const request = requests.store.get(key);
      if (!request || !certificateAuthority) return;
      const nowMs = clock.now();
      const decision = computeSigning(request, { nowMs, durationMs: certificateAuthority.durationMs ?? DEFAULT_DURATION_MS });
      if (decision.type === 'leave') return;
      const copy = cloneJson(request) as CertificateSigningRequest;
      const status =
        decision.type === 'sign'
          ? { ...copy.status, certificate: Buffer.from(certificateAuthority.sign(decision.certificate)).toString('base64') }
          : { ...copy.status, conditions: [...(copy.status?.conditions ?? []), { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: decision.message, lastUpdateTime: formatTime(nowMs) }] };
      try {
        await objects.updateStatus({ ...copy, status }, { signal });
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
    },
  });
  controller.watch(requests, { filter: ({ event }) => event !== 'delete' });
  controller.start();
  return controller;
}

/** Throws for what cannot be read. */
export function computeSigning(request: SharedRequest, { nowMs, durationMs }: { readonly nowMs: number; readonly durationMs: number }): SigningDecision {
  const { signerName, usages = [], expirationSeconds } = request.spec;
  if (!isSigner(signerName) || isIssued(request) || !hasCondition(request, 'Approved') || hasCondition(request, 'Denied') || hasCondition(request, 'Failed')) return { type: 'leave' };
  const parsed = parseRequest(request);
  const message = refusal(signerName, parsed, usages);
  if (message !== undefined) return { type: 'refuse', message };
  const asked = expirationSeconds === undefined ? durationMs : Math.min(durationMs, Math.max(MIN_DURATION_MS, expirationSeconds * 1000));
  const notAfterMs = nowMs + asked - (asked < SHORT_MS ? 0 : BACKDATE_MS);
  return { type: 'sign', certificate: { request: parsed, usages, notBeforeMs: nowMs - BACKDATE_MS, notAfterMs } };
}
