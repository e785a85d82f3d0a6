import type { Namespace, ServiceAccount } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { unlessTerminating } from '../unless-terminating.ts';

const NAME = 'default';

/** Keeps the service account `default`, as which pods run that name none, in every active namespace. */
export function startServiceAccountController({ client, clock, informers, log }: ControllerContext): RunningController {
  const namespaces = informers.get<Namespace>(BUILTIN.namespaces);
  const accounts = informers.get<ServiceAccount>(BUILTIN.serviceAccounts, { fieldSelector: `metadata.name=${NAME}` });
  const controller = new Controller({
    name: 'serviceaccount-controller',
    clock,
    onError: failureLog(log, 'serviceaccount-controller'),
    reconcile: async (namespace, { signal }) => {
      if (namespaces.store.get(namespace)?.status?.phase !== 'Active' || accounts.store.get(`${namespace}/${NAME}`)) return;
      const account: ServiceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace } };
      await unlessTerminating(client.resource<ServiceAccount>(BUILTIN.serviceAccounts).create(account, { signal }));
    },
  });
  controller.watch(namespaces, { filter: ({ event }) => event !== 'delete' });
  controller.watch(accounts, { keysOf: ({ metadata }) => [metadata.namespace ?? ''], filter: ({ event }) => event === 'delete' });
  controller.start();
  return controller;
}
