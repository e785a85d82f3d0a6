import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { AdmissionRequest } from '../admission-plugin.ts';
import { isAbout } from '../admitted-pod.ts';

/** The parts of a CertificateSigningRequest that its admission looks at. */
export interface SigningRequest extends KubeObject {
  readonly spec?: { readonly signerName?: string; readonly request?: string };
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly unknown[] };
}

export function isAboutSigningRequests(request: AdmissionRequest, subresource: string): boolean {
  return isAbout(request, 'certificates.k8s.io', 'certificatesigningrequests', subresource);
}
