/** PEM texts. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What proves who calls come from; may renew itself. */
export interface Credentials {
  /** Headers of a call, lower-case names: `authorization`, `impersonate-user`… */
  headers(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** For new connections. The same texts as before mean the same certificate. */
  certificate?(signal?: AbortSignal): Promise<ClientCertificate | undefined>;
  /** The server took these headers for nobody's. True when `headers` may now give better ones. */
  refused(headers: Readonly<Record<string, string>> | undefined): boolean;
}

/** Credentials that never change. */
export function fixedCredentials(options: { readonly token?: string; readonly certificate?: ClientCertificate; readonly headers?: Readonly<Record<string, string>> }): Credentials {
  const { token, certificate, headers: others } = options;
  const headers = { ...others, ...(token !== undefined && token !== '' && { authorization: `Bearer ${token}` }) };
  return {
    headers: () => Promise.resolve(headers),
    certificate: () => Promise.resolve(certificate),
    refused: () => false,
  };
}
