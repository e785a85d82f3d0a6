import { equalJson } from '../../../machinery/json.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { mayActForSigner } from './signer-rights.ts';
import { isAboutSigningRequests, type SigningRequest } from './signing-request.ts';

/** Only who may sign for a signer gives out its certificates. */
export function certificateSigning(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    handles: (operation) => operation === 'UPDATE',
    async validate(request) {
      if (!isAboutSigningRequests(request, 'status')) return;
      const [before, after] = [request.oldObject as SigningRequest | undefined, request.object as SigningRequest | undefined];
      if (before?.status?.certificate === after?.status?.certificate && equalJson(before?.status?.conditions ?? [], after?.status?.conditions ?? [])) return;
      const signerName = before?.spec?.signerName ?? '';
      if (await mayActForSigner(authorizer, request.user, 'sign', signerName)) return;
      throw admissionRefusal(request, `user not permitted to sign requests with signerName ${JSON.stringify(signerName)}`);
    },
  };
}
