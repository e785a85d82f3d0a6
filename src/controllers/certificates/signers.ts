import { requestedNames, type RequestedNames } from '../../api/certificates/requested-names.ts';
import type { CertificateRequest } from '../../api/certificates/certificate-request.ts';

export const KUBELET_CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet';
/** The signers of this control loop. */
export const SIGNERS = ['kubernetes.io/kubelet-serving', KUBELET_CLIENT_SIGNER, 'kubernetes.io/kube-apiserver-client', 'kubernetes.io/legacy-unknown'] as const;
export type SignerName = (typeof SIGNERS)[number];

export function isSigner(name: string | undefined): name is SignerName {
  return SIGNERS.includes(name as SignerName);
}

/** Why the signer does not sign such a request, as Kubernetes words it; undefined when it does. */
export function refusal(signer: SignerName, request: CertificateRequest, usages: readonly string[]): string | undefined {
  switch (signer) {
    case 'kubernetes.io/kubelet-serving':
      return kubeletServingRefusal(requestedNames(request), usages);
    case 'kubernetes.io/kube-apiserver-client-kubelet':
      return kubeletClientRefusal(requestedNames(request), usages);
    case 'kubernetes.io/kube-apiserver-client':
      return clientRefusal(usages);
    case 'kubernetes.io/legacy-unknown':
      return undefined;
  }
}

function kubeletServingRefusal(names: RequestedNames, usages: readonly string[]): string | undefined {
  if (!isOfNodes(names)) return NOT_OF_NODES;
  if (names.dnsNames.length === 0 && names.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (names.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (names.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return usagesRefusal(usages, 'server auth') ?? commonNameRefusal(names);
}

export function kubeletClientRefusal(names: RequestedNames, usages: readonly string[]): string | undefined {
  if (!isOfNodes(names)) return NOT_OF_NODES;
  if (names.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (names.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (names.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (names.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return commonNameRefusal(names) ?? usagesRefusal(usages, 'client auth');
}

function clientRefusal(usages: readonly string[]): string | undefined {
  const allowed = ['digital signature', 'key encipherment', 'client auth'];
  const other = usages.find((usage) => !allowed.includes(usage));
  if (other !== undefined) return `invalid usage for client certificate: ${other}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

const NOT_OF_NODES = 'subject organization is not system:nodes';

function isOfNodes({ organizations }: RequestedNames): boolean {
  return organizations.length === 1 && organizations[0] === 'system:nodes';
}

function commonNameRefusal({ commonName }: RequestedNames): string | undefined {
  return commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node: ';
}

/** Keys that are not RSA encipher nothing. */
function usagesRefusal(usages: readonly string[], purpose: 'client auth' | 'server auth'): string | undefined {
  const required = ['digital signature', 'key encipherment', purpose].toSorted((a, b) => (a < b ? -1 : 1));
  const given = new Set(usages);
  const optional = given.has('key encipherment') ? 0 : 1;
  const matches = given.size === required.length - optional && required.every((usage) => given.has(usage) || usage === 'key encipherment');
  return matches ? undefined : `usages did not match [${required.join(' ')}]`;
}
