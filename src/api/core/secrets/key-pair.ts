import { createPrivateKey, X509Certificate } from 'node:crypto';

/** Why a certificate and a key in PEM do not make a pair, in Go's words; undefined when they do. */
export function keyPairWarning(certificatePem: string, keyPem: string): string | undefined {
  const certificateTypes = blockTypes(certificatePem);
  if (!certificateTypes.includes('CERTIFICATE')) {
    if (certificateTypes.length === 0) return 'tls: failed to find any PEM data in certificate input';
    if (certificateTypes.length === 1 && certificateTypes[0]?.endsWith('PRIVATE KEY')) {
      return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
    }
    return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${certificateTypes.join(' ')}]`;
  }
  const keyTypes = blockTypes(keyPem);
  if (!keyTypes.some((type) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'))) {
    if (keyTypes.length === 0) return 'tls: failed to find any PEM data in key input';
    if (keyTypes.length === 1 && keyTypes[0] === 'CERTIFICATE') return 'tls: found a certificate rather than a key in the PEM for the private key';
    return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keyTypes.join(' ')}]`;
  }
  return mismatch(certificatePem, keyPem);
}

function blockTypes(pem: string): string[] {
  return [...pem.matchAll(/^-----BEGIN ([A-Z0-9 ]+)-----\r?$/gm)].map((match) => match[1] ?? '').filter((type) => pem.includes(`-----END ${type}-----`));
}

function mismatch(certificatePem: string, keyPem: string): string | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(certificatePem);
  } catch {
    return 'x509: malformed certificate';
  }
  try {
    return certificate.checkPrivateKey(createPrivateKey(keyPem)) ? undefined : 'tls: private key does not match public key';
  } catch {
    return 'tls: failed to parse private key';
  }
}
