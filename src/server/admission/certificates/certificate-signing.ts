import { equalJson } from '../../../machinery/json.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { requireSignerRight } from './signer-rights.ts';
import { isAboutSigningRequests, type SigningRequest } from './signing-request.ts';

/** Only who may sign for a signer gives out its certificates. */
export function certificateSigning(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    handles: (operation) => operation === 'UPDATE',
    validate(request) {
      if (!isAboutSigningRequests(request, 'status')) return undefined;
      const [before, after] = [request.oldObject as SigningRequest | undefined, request.object as SigningRequest | undefined];
      if (before?.status?.certificate === after?.status?.certificate && equalJson(before?.status?.conditions ?? [], after?.status?.conditions ?? [])) return undefined;
      const signerName = before?.spec?.signerName ?? '';
      return requireSignerRight(request, authorizer, { verb: 'sign', signerName, doing: 'sign requests with' });
    },
  };
}
