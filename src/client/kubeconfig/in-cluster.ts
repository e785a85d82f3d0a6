import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../machinery/clock.ts';
import type { Connection } from './connection.ts';
import { KubeconfigError } from './kubeconfig.ts';
import { tokenFileCredentials } from './token-file.ts';

/** Where pods find their service account. */
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InClusterOptions {
  readonly clock: Clock;
  /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT of the pod's environment. */
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly folder?: string;
}

/** How a pod reaches its own cluster, as its service account. Throws KubeconfigError outside of one. */
export function inClusterConnection({ clock, host = '', port = '', folder = SERVICE_ACCOUNT_FOLDER }: InClusterOptions): Connection {
  if (host === '' || port === '') throw new KubeconfigError('unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined');
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (error) {
      throw new KubeconfigError(`unable to load in-cluster configuration: ${(error as Error).message}`, { cause: error });
    }
  };
  return {
    transport: {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      certificateAuthority: read('ca.crt'),
      credentials: tokenFileCredentials({ file: join(folder, 'token'), clock }),
    },
    contextName: 'in-cluster',
    namespace: read('namespace').trim() || 'default',
  };
}
