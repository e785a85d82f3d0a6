import type { UserInfo } from '../../authentication/authenticator.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';

export type SignerVerb = 'approve' | 'sign' | 'attest';

/**
 * Whether a user may act for a signer: by the signer's own name, or by the name that stands for all of its domain
 * (`example.com/*`). These are rights on `signers`, a resource that nobody serves.
 */
export async function mayActForSigner(authorizer: Authorizer, user: UserInfo, verb: SignerVerb, signerName: string): Promise<boolean> {
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
