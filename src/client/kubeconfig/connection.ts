import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Clock } from '../../machinery/clock.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json.ts';
import { fixedCredentials, type ClientCertificate, type Credentials } from '../credentials.ts';
import type { HttpsTransportOptions } from '../https-transport.ts';
import { ExecCredentials, parseExecConfig } from './exec-credentials.ts';
import { impersonationHeaders } from './impersonation.ts';
import { KubeconfigError, type Kubeconfig, type KubeconfigEntry } from './kubeconfig.ts';
import { scalarText } from './scalar-text.ts';
import { tokenFileCredentials } from './token-file.ts';

export interface ConnectionOptions {
  readonly clock: Clock;
  /** Default: the kubeconfig's current one. */
  readonly context?: string;
  /** For exec plugins: what they inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How to reach a cluster and as whom; `transport` is what an HttpsTransport takes. */
export interface Connection {
  readonly transport: HttpsTransportOptions;
  readonly contextName: string;
  /** The namespace of commands that name none. */
  readonly namespace: string;
}

/** What a context of a kubeconfig stands for. Throws KubeconfigError for what is missing or not supported. */
export function connectionOf(config: Kubeconfig, options: ConnectionOptions): Connection {
  const contextName = options.context ?? config.currentContext;
  if (contextName === '') throw new KubeconfigError('no context is chosen: the kubeconfig has no current-context');
  const context = config.contexts.get(contextName);
  if (!context) throw new KubeconfigError(`context "${contextName}" does not exist`);
  const clusterName = textOf(context.fields, 'cluster');
  const cluster = config.clusters.get(clusterName);
  if (!cluster) throw new KubeconfigError(`cluster "${clusterName}" does not exist`);
  const userName = textOf(context.fields, 'user');
  const user = config.users.get(userName);
  if (!user && userName !== '') throw new KubeconfigError(`auth info "${userName}" does not exist`);
  const transport = clusterTransport(clusterName, cluster);
  return {
    transport: { ...transport, ...(user && { credentials: userCredentials({ user, cluster, transport }, options) }) },
    contextName,
    namespace: textOf(context.fields, 'namespace') || 'default',
  };
}

function clusterTransport(name: string, cluster: KubeconfigEntry): HttpsTransportOptions {
  const { fields } = cluster;
  const server = textOf(fields, 'server');
  if (server === '') throw new KubeconfigError(`cluster has no server defined: "${name}"`);
  if (textOf(fields, 'proxy-url') !== '') throw new KubeconfigError(`cluster "${name}": proxy-url is not supported`);
  const certificateAuthority = dataOrFile(cluster, 'certificate-authority');
  const tlsServerName = textOf(fields, 'tls-server-name');
  const insecure = fields['insecure-skip-tls-verify'] === true;
  if (insecure && certificateAuthority !== undefined) throw new KubeconfigError(`cluster "${name}": specifying a root certificates file with the insecure flag is not allowed`);
  return {
    server,
    ...(certificateAuthority !== undefined && { certificateAuthority }),
    ...(tlsServerName !== '' && { tlsServerName }),
    ...(insecure && { insecureSkipTlsVerify: true }),
  };
}

function userCredentials({ user, cluster, transport }: { user: KubeconfigEntry; cluster: KubeconfigEntry; transport: HttpsTransportOptions }, options: ConnectionOptions): Credentials {
  const { fields, folder } = user;
  if (isJsonObject(fields['auth-provider'])) throw new KubeconfigError('the auth-provider of the user is not supported: use an exec plugin');
  const headers = impersonationHeaders(fields);
  const certificate = certificateOf(user);
  const token = textOf(fields, 'token');
  const tokenFile = textOf(fields, 'tokenFile');
  const username = textOf(fields, 'username');
  if (username !== '') {
    const basic = Buffer.from(`${username}:${textOf(fields, 'password')}`).toString('base64');
    return fixedCredentials({ headers: { ...headers, authorization: `Basic ${basic}` }, ...(certificate && { certificate }) });
  }
  if (tokenFile !== '') {
    return tokenFileCredentials({ file: pathIn(folder, tokenFile), clock: options.clock, headers, ...(certificate && { certificate }) });
  }
  if (isJsonObject(fields['exec']) && token === '') {
    const extension = clusterExtension(cluster.fields);
    const clusterInfo = { server: transport.server, ...transportInfo(transport), ...(extension !== undefined && { config: extension }) };
    return new ExecCredentials({ config: parseExecConfig(fields['exec'], folder), clusterInfo, headers, clock: options.clock, environment: options.environment, ...(certificate && { certificate }) });
  }
  return fixedCredentials({ token, headers, ...(certificate && { certificate }) });
}

/** The names that ExecCredential's cluster has for them. */
function transportInfo({ certificateAuthority, tlsServerName, insecureSkipTlsVerify }: HttpsTransportOptions): JsonObject {
  return {
    ...(certificateAuthority !== undefined && { 'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64') }),
    ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
    ...(insecureSkipTlsVerify === true && { 'insecure-skip-tls-verify': true }),
  };
}

/** What a cluster entry keeps for exec plugins. */
function clusterExtension(fields: JsonObject): JsonObject[string] {
  const extensions = Array.isArray(fields['extensions']) ? fields['extensions'] : [];
  const found = extensions.filter(isJsonObject).find((extension) => extension['name'] === 'client.authentication.k8s.io/exec');
  return found?.['extension'];
}

function certificateOf(user: KubeconfigEntry): ClientCertificate | undefined {
  const cert = dataOrFile(user, 'client-certificate');
  const key = dataOrFile(user, 'client-key');
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new KubeconfigError('client-certificate and client-key must be given together');
  return { cert, key };
}

/** `<name>-data` (base64) wins over the file that `<name>` names. */
function dataOrFile({ fields, folder }: KubeconfigEntry, name: string): string | undefined {
  const data = textOf(fields, `${name}-data`);
  if (data !== '') return Buffer.from(data, 'base64').toString();
  const file = textOf(fields, name);
  if (file === '') return undefined;
  const path = pathIn(folder, file);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new KubeconfigError(`unable to read ${name} ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function pathIn(folder: string, file: string): string {
  return isAbsolute(file) ? file : resolve(folder, file);
}

function textOf(fields: JsonObject, key: string): string {
  return scalarText(Object.hasOwn(fields, key) ? fields[key] : undefined);
}
