import type { AdmissionFunction } from '../../extensions/webhooks/functions/admission-function.ts';
import type { JsonObject } from '../../machinery/json.ts';

export interface WebhookAddress {
  readonly url: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly service?: { readonly namespace: string; readonly name: string; readonly port?: number };
}

/** What tells a cluster of webhooks. */
export interface WebhookObjects {
  /** MutatingWebhookConfigurations and ValidatingWebhookConfigurations, to be applied. */
  readonly configurations: readonly JsonObject[];
  /** `spec.conversion` of the definition of this name. */
  conversion(definition: string): JsonObject;
  /** For `--authentication-token-webhook-config-file`, as a file's text. */
  readonly authenticationKubeconfig: string;
  /** For `--authorization-webhook-config-file`, as a file's text. */
  readonly authorizationKubeconfig: string;
}

export const webhookPaths = {
  tokens: '/authenticate',
  access: '/authorize',
  admission: ({ type, configuration, rules }: AdmissionFunction): string => `/${type}/${encodeURIComponent(configuration)}/${encodeURIComponent(rules.name ?? '')}`,
  conversion: (definition: string): string => `/convert/${encodeURIComponent(definition)}`,
} as const;

const KINDS = { mutating: 'MutatingWebhookConfiguration', validating: 'ValidatingWebhookConfiguration' } as const;

export function webhookObjects(admission: readonly AdmissionFunction[], address: WebhookAddress): WebhookObjects {
  const groups = Map.groupBy(admission, ({ type, configuration }) => `${type} ${configuration}`);
  return {
    configurations: [...groups.values()].map((members) => configurationOf(members, address)),
    conversion: (definition) => ({ strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: clientConfig(webhookPaths.conversion(definition), address) } }),
    authenticationKubeconfig: kubeconfig(webhookPaths.tokens, address),
    authorizationKubeconfig: kubeconfig(webhookPaths.access, address),
  };
}

function configurationOf(members: readonly AdmissionFunction[], address: WebhookAddress): JsonObject {
  const [first] = members;
  if (!first) throw new TypeError('a configuration has at least one webhook');
  const webhooks = members.map((member) => ({ ...(member.rules as JsonObject), admissionReviewVersions: ['v1'], clientConfig: clientConfig(webhookPaths.admission(member), address) }));
  return { apiVersion: 'admissionregistration.k8s.io/v1', kind: KINDS[first.type], metadata: { name: first.configuration }, webhooks };
}

function clientConfig(path: string, { url, certificateAuthority, service }: WebhookAddress): JsonObject {
  const caBundle = Buffer.from(certificateAuthority).toString('base64');
  return service ? { service: { ...service, path }, caBundle } : { url: `${url}${path}`, caBundle };
}

/** JSON is YAML. */
function kubeconfig(path: string, { url, certificateAuthority }: WebhookAddress): string {
  const cluster = { server: `${url}${path}`, 'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'webhook', cluster }],
    users: [{ name: 'apiserver', user: {} }],
    contexts: [{ name: 'webhook', context: { cluster: 'webhook', user: 'apiserver' } }],
    'current-context': 'webhook',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
