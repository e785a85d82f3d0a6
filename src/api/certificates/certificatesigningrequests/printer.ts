import { formatHumanDuration } from '../../../machinery/duration.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import { APPROVED, conditionsOf, DENIED, FAILED, type SigningRequest } from './signing-request.ts';

export function cells(object: KubeObject, context: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const request = object as SigningRequest;
  const { signerName, username = '', expirationSeconds } = request.spec ?? {};
  const duration = expirationSeconds === undefined ? '<none>' : formatHumanDuration(expirationSeconds * 1000);
  return [object.metadata.name ?? '', ageOf(object, context.nowMs), signerName || '<none>', username, duration, stateOf(request)];
}

/** `Approved,Issued` and the like. */
function stateOf(request: SigningRequest): string {
  const has = (type: string): boolean => conditionsOf(request, type).length > 0;
  const state = has(DENIED) ? DENIED : has(APPROVED) ? APPROVED : 'Pending';
  return `${state}${has(FAILED) ? ',Failed' : ''}${request.status?.certificate ? ',Issued' : ''}`;
}
