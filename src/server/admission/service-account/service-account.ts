import type { GroupResource } from '../../../machinery/group-version.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { isMirrorPod, type Account, type PodSpec } from './pod-spec.ts';
import { forbiddenSecretUse, referencesSecrets } from './secret-references.ts';
import { mountTokenVolume } from './token-volume.ts';

const SERVICE_ACCOUNTS: GroupResource = { group: '', resource: 'serviceaccounts' };
const DEFAULT_ACCOUNT = 'default';
const ENFORCE_MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets';

export interface ServiceAccountAdmissionOptions {
  readonly reader: ObjectReader;
  /** 0 ≤ n < 1; names the token volume. */
  readonly random: () => number;
}

/** Gives every pod an account, the account's pull secrets and a volume with the account's token. */
export function serviceAccountAdmission({ reader, random }: ServiceAccountAdmissionOptions): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    admit(request) {
      const pod = podOf(request);
      if (pod === undefined || request.operation !== 'CREATE') return;
      // Mirror pods are what a node runs of its own accord: nothing is added to them.
      if (isMirrorPod(pod)) return judge(request, pod, reader);
      const spec = specOf(pod);
      spec.serviceAccountName ||= spec.serviceAccount || DEFAULT_ACCOUNT;
      // The old name of the field always says the same.
      spec.serviceAccount = spec.serviceAccountName;
      const account = accountOf(request, spec.serviceAccountName, reader);
      if (shouldMount(spec, account)) mountTokenVolume(spec, random);
      if (!spec.imagePullSecrets?.length) {
        const secrets = (account['imagePullSecrets'] as Account['imagePullSecrets']) ?? [];
        if (secrets.length > 0) spec.imagePullSecrets = secrets.map(({ name }) => (name === undefined ? {} : { name }));
      }
      return judge(request, pod, reader);
    },
    validate(request) {
      const pod = podOf(request);
      if (pod !== undefined) judge(request, pod, reader);
    },
  };
}

/** Pods as they are made, and their ephemeral containers as they are added. */
function podOf({ resource, subresource, operation, object }: AdmissionRequest): KubeObject | undefined {
  if (resource.group !== '' || resource.resource !== 'pods' || object === undefined) return undefined;
  if (subresource === '') return operation === 'CREATE' ? object : undefined;
  return subresource === 'ephemeralcontainers' && operation === 'UPDATE' ? object : undefined;
}

function specOf(pod: KubeObject): PodSpec {
  return (pod['spec'] ??= {}) as PodSpec;
}

function judge(request: AdmissionRequest, pod: KubeObject, reader: ObjectReader): void {
  const spec = specOf(pod);
  if (isMirrorPod(pod)) {
    const detail = mirrorPodFault(spec);
    if (detail !== undefined) throw admissionRefusal(request, detail);
    return;
  }
  if (!spec.serviceAccountName) throw admissionRefusal(request, `no service account specified for pod ${request.namespace}/${pod.metadata.name ?? ''}`);
  // An ephemeral container's pod may outlive its account: only what enforces secrets needs it.
  const account = request.operation === 'UPDATE' ? findAccount(request, spec.serviceAccountName, reader) : accountOf(request, spec.serviceAccountName, reader);
  if (account === undefined || account.metadata.annotations?.[ENFORCE_MOUNTABLE] !== 'true') return;
  const added = request.operation === 'UPDATE' ? { ephemeralContainers: spec.ephemeralContainers ?? [] } : spec;
  const detail = forbiddenSecretUse(added, account as DeepReadonly<KubeObject & Account>);
  if (detail !== undefined) throw admissionRefusal(request, detail);
}

function mirrorPodFault(spec: PodSpec): string | undefined {
  if (spec.serviceAccountName) return 'a mirror pod may not reference service accounts';
  if (referencesSecrets(spec)) return 'a mirror pod may not reference secrets';
  const projectsToken = spec.volumes?.some((volume) => volume.projected?.sources?.some((source) => source.serviceAccountToken !== undefined));
  return projectsToken ? 'a mirror pod may not use ServiceAccountToken volume projections' : undefined;
}

/** What the pod says counts more than what the account says. */
function shouldMount(spec: PodSpec, account: DeepReadonly<KubeObject>): boolean {
  return spec.automountServiceAccountToken ?? (account['automountServiceAccountToken'] as boolean | undefined) ?? true;
}

function findAccount({ namespace }: AdmissionRequest, name: string, reader: ObjectReader): DeepReadonly<KubeObject> | undefined {
  return reader.get(SERVICE_ACCOUNTS, namespace, name);
}

function accountOf(request: AdmissionRequest, name: string, reader: ObjectReader): DeepReadonly<KubeObject> {
  const account = findAccount(request, name, reader);
  if (account !== undefined) return account;
  throw admissionRefusal(request, `error looking up service account ${request.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`);
}
