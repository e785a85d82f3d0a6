import type { Authorizer } from '../../authorization/authorizer.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { requireSignerRight } from './signer-rights.ts';
import { isAboutSigningRequests, type SigningRequest } from './signing-request.ts';

/** Only who may approve for a signer says whether its requests are granted. */
export function certificateApproval(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    handles: (operation) => operation === 'UPDATE',
    validate(request) {
      if (!isAboutSigningRequests(request, 'approval')) return undefined;
      const signerName = (request.oldObject as SigningRequest | undefined)?.spec?.signerName ?? '';
      return requireSignerRight(request, authorizer, { verb: 'approve', signerName, doing: 'approve requests with' });
    },
  };
}
