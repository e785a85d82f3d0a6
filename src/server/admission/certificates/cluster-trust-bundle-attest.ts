import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { isAbout, isWrite } from '../admitted-pod.ts';
import { requireSignerRight } from './signer-rights.ts';

/** Only who may attest for a signer says which authorities it is trusted by. */
export function clusterTrustBundleAttest(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'ClusterTrustBundleAttest',
    handles: isWrite,
    validate(request) {
      if (!isAbout(request, 'certificates.k8s.io', 'clustertrustbundles')) return undefined;
      const signerName = signerOf(request.object);
      // The name of a bundle's signer cannot change.
      return signerName === '' ? undefined : requireSignerRight(request, authorizer, { verb: 'attest', signerName, doing: 'attest for' });
    },
  };
}

function signerOf(bundle: KubeObject | undefined): string {
  return (bundle?.['spec'] as { signerName?: string } | undefined)?.signerName ?? '';
}
