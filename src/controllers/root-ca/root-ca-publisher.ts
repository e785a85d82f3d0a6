import type { ConfigMap, Namespace } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { unlessTerminating } from '../unless-terminating.ts';

const NAME = 'kube-root-ca.crt';
const DESCRIPTION = 'kubernetes.io/description';
const DESCRIPTION_TEXT =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Keeps the ConfigMap `kube-root-ca.crt`, by which pods know the API server, in every namespace. */
export function startRootCaPublisher({ client, clock, informers, log, rootCertificates }: ControllerContext): RunningController {
  const namespaces = informers.get<Namespace>(BUILTIN.namespaces);
  const published = informers.get<ConfigMap>(BUILTIN.configMaps, { fieldSelector: `metadata.name=${NAME}` });
  const controller = new Controller({
    name: 'root-ca-certificate-publisher-controller',
    clock,
    onError: failureLog(log, 'root-ca-certificate-publisher-controller'),
    reconcile: async (namespace, { signal }) => {
      if (rootCertificates === undefined) return;
      const found = namespaces.store.get(namespace);
      if (!found || found.metadata.deletionTimestamp !== undefined) return;
      const known = published.store.get(`${namespace}/${NAME}`);
      const wanted = computeRootCa(known, rootCertificates, namespace);
      const maps = client.resource<ConfigMap>(BUILTIN.configMaps);
      if (wanted) await (known ? maps.update(wanted, { signal }) : unlessTerminating(maps.create(wanted, { signal })));
    },
  });
  controller.watch(namespaces, { filter: ({ event }) => event !== 'delete' });
  controller.watch(published, { keysOf: ({ metadata }) => [metadata.namespace ?? ''], filter: ({ event }) => event !== 'add' });
  controller.start();
  return controller;
}

/** The ConfigMap as it should be, or undefined when it is. Labels and other annotations are their owners'. */
export function computeRootCa(known: DeepReadonly<ConfigMap> | undefined, certificates: string, namespace: string): ConfigMap | undefined {
  const data = { 'ca.crt': certificates };
  if (!known) return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace, annotations: { [DESCRIPTION]: DESCRIPTION_TEXT } }, data };
  const { annotations = {} } = known.metadata;
  if (equalJson(known.data, data) && annotations[DESCRIPTION] === DESCRIPTION_TEXT) return undefined;
  const wanted = cloneJson(known) as ConfigMap;
  wanted.metadata.annotations = { ...annotations, [DESCRIPTION]: DESCRIPTION_TEXT };
  return { ...wanted, data };
}
