import type { KeyPair } from './issue-certificate.ts';

export interface KubeconfigOptions {
  /** `https://127.0.0.1:6443` */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly client: KeyPair;
  readonly clusterName?: string;
  readonly userName?: string;
  readonly namespace?: string;
}

/** The text of a kubeconfig that carries all it needs: one cluster, one user, one context, which is the current one. */
export function kubeconfigText({ server, ca, client, clusterName = 'steersman', userName = 'kubernetes-admin', namespace }: KubeconfigOptions): string {
  const text = (value: string): string => JSON.stringify(value);
  const data = (pem: string): string => Buffer.from(pem).toString('base64');
  const context = `${userName}@${clusterName}`;
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${text(clusterName)}`,
    '  cluster:',
    `    server: ${text(server)}`,
    `    certificate-authority-data: ${data(ca)}`,
    'users:',
    `- name: ${text(userName)}`,
    '  user:',
    `    client-certificate-data: ${data(client.cert)}`,
    `    client-key-data: ${data(client.key)}`,
    'contexts:',
    `- name: ${text(context)}`,
    '  context:',
    `    cluster: ${text(clusterName)}`,
    `    user: ${text(userName)}`,
    ...(namespace === undefined ? [] : [`    namespace: ${text(namespace)}`]),
    `current-context: ${text(context)}`,
    'preferences: {}',
    '',
  ].join('\n');
}
