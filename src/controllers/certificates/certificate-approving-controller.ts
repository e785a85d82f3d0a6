import { requestedNames } from '../../api/certificates/requested-names.ts';
import type { CertificateSigningRequest } from '../../api/types/generated/certificates-v1.ts';
import type { SubjectAccessReview } from '../../api/types/generated/authorization-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { ResourceDefinition } from '../../client/resource-definition.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson } from '../../machinery/json.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { KUBELET_CLIENT_SIGNER, kubeletClientRefusal } from './signers.ts';
import { hasCondition, isIssued, parseRequest, type SharedRequest } from './signing-request.ts';

const NAME = 'certificatesigningrequest-approving-controller';
const REVIEWS: ResourceDefinition<SubjectAccessReview> = { group: 'authorization.k8s.io', version: 'v1', resource: 'subjectaccessreviews', namespaced: false };

/** A kind of request that is approved where the requester has the right to the subresource. */
export interface Recognition {
  readonly subresource: 'selfnodeclient' | 'nodeclient';
  readonly message: string;
}

/** Approves requests of kubelets for the certificates that they are clients with, where they are allowed to make them. */
export function startCertificateApproving({ client, clock, informers, log }: ControllerContext): RunningController {
  const requests = informers.get<CertificateSigningRequest>(BUILTIN.certificateSigningRequests);
  const objects = client.resource<CertificateSigningRequest>(BUILTIN.certificateSigningRequests);

  const isAllowed = async ({ spec }: SharedRequest, { subresource }: Recognition, signal: AbortSignal): Promise<boolean> => {
    const { username, groups, uid, extra } = spec;
    const review: SubjectAccessReview = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      metadata: {},
      spec: {
        ...(username !== undefined && { user: username }),
        ...(groups && { groups: [...groups] }),
        ...(uid !== undefined && { uid }),
        ...(extra && { extra: cloneJson(extra) as Record<string, string[]> }),
        resourceAttributes: { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', verb: 'create', subresource, version: '*' },
      },
    };
    const { status } = await client.resource(REVIEWS).create(review, { signal });
    return status?.allowed === true;
  };

  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      const request = requests.store.get(key);
      if (!request || isIssued(request) || hasCondition(request, 'Approved') || hasCondition(request, 'Denied')) return;
      const tried: string[] = [];
      for (const recognition of recognize(request)) {
        tried.push(recognition.subresource);
        if (!(await isAllowed(request, recognition, signal))) continue;
        const copy = cloneJson(request) as CertificateSigningRequest;
        const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message: recognition.message, lastUpdateTime: formatTime(clock.now()) };
        await objects.updateSubresource(key, 'approval', { ...copy, status: { ...copy.status, conditions: [...(copy.status?.conditions ?? []), condition] } }, { signal });
        return;
      }
      // The right may be given later: the request is tried again, ever later.
      if (tried.length > 0) throw new Error(`recognized csr "${key}" as [${tried.join(' ')}] but subject access review was not approved`);
    },
  });
  controller.watch(requests, { filter: ({ event }) => event !== 'delete' });
  controller.start();
  return controller;
}

/** What the request may be approved as, the narrower first. Throws for what cannot be read. */
export function recognize(request: SharedRequest): Recognition[] {
  const { signerName, usages = [], username } = request.spec;
  if (signerName !== KUBELET_CLIENT_SIGNER) return [];
  const names = requestedNames(parseRequest(request));
  if (kubeletClientRefusal(names, usages) !== undefined) return [];
  const node: Recognition = { subresource: 'nodeclient', message: 'Auto approving kubelet client certificate after SubjectAccessReview.' };
  if (username !== names.commonName) return [node];
  return [{ subresource: 'selfnodeclient', message: 'Auto approving self kubelet client certificate after SubjectAccessReview.' }, node];
}
