import { createHmac } from 'node:crypto';
import type { ConfigMap, Secret } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { expiryOf, signingToken, TOKEN_SELECTION, type SharedSecret } from './bootstrap-token.ts';

const NAME = 'bootstrap-signer-controller';
const CONFIG_MAP = { namespace: 'kube-public', name: 'cluster-info' } as const;
const KEY = `${CONFIG_MAP.namespace}/${CONFIG_MAP.name}`;
const CONTENT = 'kubeconfig';
const SIGNATURE_PREFIX = 'jws-kubeconfig-';

/** Signs what tells new nodes of the cluster with the tokens that they join by, so that they know whom they talk to. */
export function startBootstrapSigner({ client, clock, informers, log }: ControllerContext): RunningController {
  const maps = informers.get<ConfigMap>(BUILTIN.configMaps, { namespace: CONFIG_MAP.namespace, fieldSelector: `metadata.name=${CONFIG_MAP.name}` });
  const secrets = informers.get<Secret>(BUILTIN.secrets, TOKEN_SELECTION);
  const controller = new Controller({
    name: NAME,
    clock,
    onError: failureLog(log, NAME),
    reconcile: async (_key, { signal }) => {
      const map = maps.store.get(KEY);
      const nowMs = clock.now();
      const data = map && computeSignatures(map, secrets.store.all(), nowMs);
      if (map && data) await client.resource<ConfigMap>(BUILTIN.configMaps).update({ ...(cloneJson(map) as ConfigMap), data }, { signal });
      const ends = secrets.store.all().flatMap((secret) => {
        const ms = expiryOf(secret);
        return ms !== undefined && ms > nowMs ? [ms - nowMs] : [];
      });
      return ends.length === 0 ? undefined : { requeueAfterMs: Math.min(...ends) };
    },
  });
  controller.watch(maps, { keysOf: () => [KEY], filter: ({ event }) => event !== 'delete' });
  controller.watch(secrets, { keysOf: () => [KEY] });
  controller.start();
  return controller;
}

/** The data of the ConfigMap with a signature for each token and no other; undefined when it has them. */
export function computeSignatures({ data = {} }: DeepReadonly<ConfigMap>, secrets: readonly SharedSecret[], nowMs: number): Record<string, string> | undefined {
  const content = data[CONTENT];
  if (content === undefined) return undefined;
  const signed: Record<string, string> = Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith(SIGNATURE_PREFIX)));
  for (const secret of secrets) {
    const token = signingToken(secret, nowMs);
    if (token) signed[SIGNATURE_PREFIX + token.id] = detachedSignature(content, token);
  }
  return equalJson(signed, data) ? undefined : signed;
}

/** RFC 7515 with the payload left out, HS256. */
function detachedSignature(content: string, { id, secret }: { readonly id: string; readonly secret: string }): string {
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: id })).toString('base64url');
  const signature = createHmac('sha256', secret).update(`${header}.${Buffer.from(content).toString('base64url')}`).digest('base64url');
  return `${header}..${signature}`;
}
