import type { Secret, ServiceAccount } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { parseObjectKey } from '../../client/resource-definition.ts';
import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';
import { Controller } from '../../runtime/controller.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';

const NAME = 'serviceaccount-token-controller';
const TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';
const WORKERS = 5;
const INDEX = 'serviceAccount';

type SharedSecret = DeepReadonly<Secret>;
type SharedAccount = DeepReadonly<ServiceAccount>;

/** Fills Secrets that ask for a token of a service account, and deletes them with it. Without a key to sign with it only deletes. */
export function startServiceAccountTokenController({ client, clock, informers, log, rootCertificates, signServiceAccountToken }: ControllerContext): RunningController {
  const secrets = informers.get<Secret>(BUILTIN.secrets, { fieldSelector: `type=${TYPE}` });
  const accounts = informers.get<ServiceAccount>(BUILTIN.serviceAccounts);
  if (!secrets.store.hasIndex(INDEX)) secrets.store.addIndex(INDEX, ({ metadata }) => [`${metadata.namespace ?? ''}/${metadata.annotations?.[ACCOUNT_NAME] ?? ''}`]);
  const objects = client.resource<Secret>(BUILTIN.secrets);
  const accountObjects = client.resource<ServiceAccount>(BUILTIN.serviceAccounts);

  /** The account that a Secret is meant for. Before one is taken for gone, the server is asked. */
  const accountOf = async ({ metadata }: SharedSecret, signal: AbortSignal): Promise<SharedAccount | undefined> => {
    const { namespace = '', annotations = {} } = metadata;
    const name = annotations[ACCOUNT_NAME] ?? '';
    const isMeant = (account: SharedAccount): boolean => (annotations[ACCOUNT_UID] ?? '') === '' || annotations[ACCOUNT_UID] === account.metadata.uid;
    const known = accounts.store.get(`${namespace}/${name}`);
    if (known && isMeant(known)) return known;
    try {
      const live = await accountObjects.inNamespace(namespace).get(name, { signal });
      return isMeant(live) ? live : undefined;
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  };

  const fill = async (secret: SharedSecret, account: SharedAccount, signal: AbortSignal): Promise<void> => {
    const { namespace = '', name = '' } = secret.metadata;
    if (!signServiceAccountToken || !isWanting(secret, rootCertificates)) return;
    const wanted = filledSecret(secret, account, {
      rootCertificates,
      sign: () => signServiceAccountToken({ namespace, serviceAccountName: account.metadata.name ?? '', serviceAccountUid: account.metadata.uid ?? '', secretName: name }),
    });
    await objects.update(wanted, { signal });
  };

  /** Accounts may still list a Secret that is gone. */
  const forget = async (key: string, signal: AbortSignal): Promise<void> => {
    const { namespace, name } = parseObjectKey(key);
    for (const account of accounts.store.inNamespace(namespace)) {
      if (!account.secrets?.some((reference) => reference.name === name)) continue;
      const copy = cloneJson(account) as ServiceAccount;
      await accountObjects.update({ ...copy, secrets: (copy.secrets ?? []).filter((reference) => reference.name !== name) }, { signal });
    }
  };

  const controller = new Controller({
    name: NAME,
    clock,
    workers: WORKERS,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal, causes }) => {
      const secret = secrets.store.get(key);
      if (!secret) {
        // Only a token Secret that was seen to go was one: others of the name are none of this control loop's business.
        if (causes.some((cause) => cause.type !== 'object' || cause.resource === 'secrets')) await forget(key, signal);
        return;
      }
      if (secret.metadata.deletionTimestamp !== undefined || (secret.metadata.annotations?.[ACCOUNT_NAME] ?? '') === '') return;
      try {
        const account = await accountOf(secret, signal);
        const { namespace = '', name = '', uid } = secret.metadata;
        if (account) await fill(secret, account, signal);
        else await objects.inNamespace(namespace).delete(name, { signal, ...(uid !== undefined && { preconditions: { uid } }) });
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error;
      }
    },
  });
  controller.watch(secrets);
  controller.watch(accounts, { keysOf: ({ metadata }) => secrets.store.byIndex(INDEX, `${metadata.namespace ?? ''}/${metadata.name ?? ''}`).map((secret) => `${secret.metadata.namespace ?? ''}/${secret.metadata.name ?? ''}`) });
  controller.start();
  return controller;
}

function isWanting({ data = {} }: SharedSecret, rootCertificates: string | undefined): boolean {
  return (data['token'] ?? '') === '' || (data['namespace'] ?? '') === '' || (rootCertificates !== undefined && decoded(data['ca.crt']) !== rootCertificates);
}

/** The Secret with what it lacks; a token that is there stays. */
export function filledSecret(secret: SharedSecret, account: SharedAccount, { rootCertificates, sign }: { readonly rootCertificates: string | undefined; readonly sign: () => string }): Secret {
  const copy = cloneJson(secret) as Secret;
  const { data = {}, metadata } = copy;
  const { name = '', uid = '' } = account.metadata;
  return {
    ...copy,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [ACCOUNT_NAME]: name, [ACCOUNT_UID]: uid } },
    data: {
      ...data,
      ...(rootCertificates !== undefined && { 'ca.crt': encoded(rootCertificates) }),
      ...((data['namespace'] ?? '') === '' && { namespace: encoded(metadata.namespace ?? '') }),
      ...((data['token'] ?? '') === '' && { token: encoded(sign()) }),
    },
  };
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decoded(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
