import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { isAbout, isWrite } from '../admitted-pod.ts';
import { mayActForSigner } from './signer-rights.ts';

/** Only who may attest for a signer says which authorities it is trusted by. */
export function clusterTrustBundleAttest(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'ClusterTrustBundleAttest',
    handles: isWrite,
    async validate(request) {
      if (!isAbout(request, 'certificates.k8s.io', 'clustertrustbundles')) return;
      const signerName = signerOf(request.object);
      // The name of a bundle's signer cannot change.
      if (signerName === '') return;
      if (await mayActForSigner(authorizer, request.user, 'attest', signerName)) return;
      throw admissionRefusal(request, `user not permitted to attest for signerName ${JSON.stringify(signerName)}`);
    },
  };
}

function signerOf(bundle: KubeObject | undefined): string {
  return (bundle?.['spec'] as { signerName?: string } | undefined)?.signerName ?? '';
}
