import type { UserInfo } from '../../authentication/authenticator.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import type { AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';

export type SignerVerb = 'approve' | 'sign' | 'attest';

export interface SignerAction {
  readonly verb: SignerVerb;
  readonly signerName: string;
  /** How a refusal names it. */
  readonly doing: string;
}

/** Throws Forbidden unless who asks may do this for the signer. */
export async function requireSignerRight(request: AdmissionRequest, authorizer: Authorizer, { verb, signerName, doing }: SignerAction): Promise<void> {
  if (await mayActForSigner(authorizer, request.user, verb, signerName)) return;
  throw admissionRefusal(request, `user not permitted to ${doing} signerName ${JSON.stringify(signerName)}`);
}

/**
 * Whether a user may act for a signer: by the signer's own name, or by the name that stands for all of its domain
 * (`example.com/*`). These are rights on `signers`, a resource that nobody serves.
 */
async function mayActForSigner(authorizer: Authorizer, user: UserInfo, verb: SignerVerb, signerName: string): Promise<boolean> {
  const names = [signerName, `${signerName.split('/', 1)[0] ?? ''}/*`];
  for (const name of names) {
    const result = await authorizer.authorize({
      user,
      verb,
      resourceRequest: true,
      path: '',
      group: 'certificates.k8s.io',
      version: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
    });
    if (result.decision === 'allow') return true;
  }
  return false;
}
