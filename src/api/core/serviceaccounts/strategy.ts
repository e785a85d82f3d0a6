import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';

interface ServiceAccount extends KubeObject {
  secrets?: { name?: string }[];
}

export const rules: KindRules = {
  prepareForCreate: keepSecretNames,
  prepareForUpdate: keepSecretNames,
  warningsOnCreate: mountableSecretsWarning,
  warningsOnUpdate: (object, old) => (isEnforced(old) ? [] : mountableSecretsWarning(object)),
  cells: (object, { nowMs }) => [object.metadata.name ?? '', ageOf(object, nowMs)],
};

const ENFORCE_MOUNTABLE_SECRETS = 'kubernetes.io/enforce-mountable-secrets';

function isEnforced(object: KubeObject): boolean {
  return object.metadata.annotations?.[ENFORCE_MOUNTABLE_SECRETS] !== undefined;
}

function mountableSecretsWarning(object: KubeObject): string[] {
  if (!isEnforced(object)) return [];
  return [`metadata.annotations[${ENFORCE_MOUNTABLE_SECRETS}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`];
}

/** A service account's secrets are in its own namespace: only their names count. */
function keepSecretNames(object: KubeObject): void {
  const account = object as ServiceAccount;
  if (account.secrets !== undefined) account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}
