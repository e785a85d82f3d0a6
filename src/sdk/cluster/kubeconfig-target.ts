import { connectionOf } from '../../client/kubeconfig/connection.ts';
import { loadKubeconfig } from '../../client/kubeconfig/load-kubeconfig.ts';
import type { Clock } from '../../machinery/clock.ts';
import { urlTarget, type WebhookTarget } from '../../extensions/webhooks/client/webhook-target.ts';

/** The webhook that a kubeconfig's current context leads to, and how to prove oneself there. Throws KubeconfigError. */
export async function kubeconfigTarget(file: string, options: { readonly clock: Clock; readonly environment: Readonly<Record<string, string | undefined>> }): Promise<WebhookTarget> {
  const { transport } = connectionOf(loadKubeconfig([file], { mustExist: true }), options);
  const { server, certificateAuthority, tlsServerName, insecureSkipTlsVerify, credentials } = transport;
  const clientCertificate = await credentials?.certificate?.();
  return {
    ...urlTarget(server, file),
    ...(certificateAuthority !== undefined && { certificateAuthority }),
    ...(tlsServerName !== undefined && { serverName: tlsServerName }),
    ...(insecureSkipTlsVerify === true && { insecureSkipVerify: true }),
    ...(clientCertificate && { clientCertificate }),
    ...(credentials && { headers: () => credentials.headers() }),
  };
}
