import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';

interface ServiceAccount extends KubeObject {
  secrets?: { name?: string }[];
}

export const rules: KindRules = {
  prepareForCreate: keepSecretNames,
  prepareForUpdate: keepSecretNames,
  cells: (object, { nowMs }) => [object.metadata.name ?? '', ageOf(object, nowMs)],
};

/** A service account's secrets are in its own namespace: only their names count. */
function keepSecretNames(object: KubeObject): void {
  const account = object as ServiceAccount;
  if (account.secrets !== undefined) account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}
