import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { readRequestSubject } from './request-subject.ts';
import { isAboutSigningRequests, type SigningRequest } from './signing-request.ts';

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
const MASTERS = 'system:masters';

/** No certificate of the cluster's own makes its holder one of those whom nothing is forbidden. */
export function certificateSubjectRestriction(): AdmissionPlugin {
  return {
    name: 'CertificateSubjectRestriction',
    handles: (operation) => operation === 'CREATE',
    validate(request) {
      if (!isAboutSigningRequests(request, '')) return;
      const { spec } = request.object as SigningRequest;
      if (spec?.signerName !== CLIENT_SIGNER) return;
      let organizations: readonly string[];
      try {
        ({ organizations } = readRequestSubject(spec.request ?? ''));
      } catch (error) {
        throw admissionRefusal(request, `failed to parse CSR: ${error instanceof Error ? error.message : String(error)}`);
      }
      if (organizations.includes(MASTERS)) throw admissionRefusal(request, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`);
    },
  };
}
