/** PEM texts. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Lower-case names; a list stands for a header that is sent several times. */
export type CredentialHeaders = Readonly<Record<string, string | readonly string[]>>;

/** What proves who calls come from; may renew itself. */
export interface Credentials {
  /** Headers of a call: `authorization`, `impersonate-user`… */
  headers(signal?: AbortSignal): Promise<CredentialHeaders>;
  /** For new connections. The same texts as before mean the same certificate. */
  certificate?(signal?: AbortSignal): Promise<ClientCertificate | undefined>;
  /** The server took these headers for nobody's. True when `headers` may now give better ones. */
  refused(headers: CredentialHeaders | undefined): boolean;
}

/** Credentials that never change. */
export function fixedCredentials(options: { readonly token?: string; readonly certificate?: ClientCertificate; readonly headers?: CredentialHeaders }): Credentials {
  const { token, certificate, headers: others } = options;
  const headers = { ...others, ...(token !== undefined && token !== '' && { authorization: `Bearer ${token}` }) };
  return {
    headers: () => Promise.resolve(headers),
    certificate: () => Promise.resolve(certificate),
    refused: () => false,
  };
}
