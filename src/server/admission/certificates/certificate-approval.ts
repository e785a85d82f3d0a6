import type { Authorizer } from '../../authorization/authorizer.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { mayActForSigner } from './signer-rights.ts';
import { isAboutSigningRequests, type SigningRequest } from './signing-request.ts';

/** Only who may approve for a signer says whether its requests are granted. */
export function certificateApproval(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    handles: (operation) => operation === 'UPDATE',
    async validate(request) {
      if (!isAboutSigningRequests(request, 'approval')) return;
      const signerName = (request.oldObject as SigningRequest | undefined)?.spec?.signerName ?? '';
      if (await mayActForSigner(authorizer, request.user, 'approve', signerName)) return;
      throw admissionRefusal(request, `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`);
    },
  };
}
