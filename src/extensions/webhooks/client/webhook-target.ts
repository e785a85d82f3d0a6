import { WebhookCallError } from './webhook-call-error.ts';

/** How a webhook is to be reached, as configurations of all kinds of webhooks say it. */
export interface ClientConfig {
  readonly url?: string | undefined;
  readonly service?: { readonly namespace?: string | undefined; readonly name?: string | undefined; readonly path?: string | undefined; readonly port?: number | undefined } | undefined;
  /** PEM in base64, as it stands in an object. Absent: the authorities that Node.js knows. */
  readonly caBundle?: string | undefined;
}

export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** Where calls go. Two targets with the same `key` share their connections. */
export interface WebhookTarget {
  readonly key: string;
  /** Without a query; what messages name. */
  readonly url: string;
  /** Of the URL, without brackets around an IPv6 address. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Set when the host's name stands for a Service of the cluster, whose address is looked up for every connection. */
  readonly service?: ServiceReference;
  /** PEM. */
  readonly certificateAuthority?: string;
  /** PEM; how the caller proves who it is. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  /** The name that the certificate must be for, when it is not the host's. */
  readonly serverName?: string;
  readonly insecureSkipVerify?: boolean;
  /** Sent with every call: how the caller proves who it is. */
  headers?(): Promise<Readonly<Record<string, string | readonly string[]>>>;
}

const DEFAULT_PORT = 443;

/** Throws WebhookCallError for a configuration that leads nowhere. */
export function webhookTarget({ url, service, caBundle }: ClientConfig): WebhookTarget {
  const authority = caBundle === undefined || caBundle === '' ? {} : { certificateAuthority: readBundle(caBundle) };
  if (service !== undefined) {
    const { namespace = '', name = '', path = '', port = DEFAULT_PORT } = service;
    const host = `${name}.${namespace}.svc`;
    const pathname = path.startsWith('/') ? path : `/${path}`;
    return { key: keyOf(host, port, caBundle), url: `https://${host}:${port}${pathname}`, host, port, path: pathname, service: { namespace, name, port }, ...authority };
  }
  if (url === undefined || url === '') throw new WebhookCallError('webhook configuration must have either service or URL');
  return { ...urlTarget(url, caBundle), ...authority };
}

/** A target known by its URL alone. */
export function urlTarget(url: string, discriminator = ''): WebhookTarget {
  const parsed = parseUrl(url);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = parsed.port === '' ? DEFAULT_PORT : Number(parsed.port);
  return { key: keyOf(host, port, discriminator), url: `${parsed.protocol}//${parsed.host}${parsed.pathname}`, host, port, path: parsed.pathname };
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new WebhookCallError(`parse ${JSON.stringify(url)}: invalid URL`);
  }
}

function keyOf(host: string, port: number, discriminator = ''): string {
  return `${host}:${port} ${discriminator}`;
}

function readBundle(caBundle: string): string {
  const pem = Buffer.from(caBundle, 'base64').toString('utf8');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new WebhookCallError('unable to load root certificates: unable to parse bytes as PEM block');
  return pem;
}
