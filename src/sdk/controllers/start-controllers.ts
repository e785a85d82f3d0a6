import type { Client } from '../../client/client.ts';
import type { CertificateAuthority, StartController, ControllerContext, RunningController } from '../../controllers/controller-context.ts';
import { lazily } from '../../machinery/lazily.ts';
import { nextTurn } from '../../machinery/next-turn.ts';
import { SharedInformers } from '../../runtime/shared-informers.ts';
import type { KeyPair } from '../../server/certificates/issue-certificate.ts';
import { signRequest } from '../../server/certificates/sign-request.ts';
import { tokenKey } from '../../server/service-account-tokens/json-web-token.ts';
import { signLegacyToken } from '../../server/service-account-tokens/legacy-token.ts';

export interface ControllersOptions extends Pick<ControllerContext, 'rootCertificates' | 'namespaceDeletionGraceMs' | 'nodes'> {
  /** Its clock is theirs; its user agent names the field manager of what they write. */
  readonly client: Client;
  readonly random: () => number;
  /** As kube-controller-manager's `--controllers`: names, `*` for all that are on by default, `-name` for all but one. Default: all. */
  readonly controllers?: readonly string[];
  /** Told of failures, one line each; all are tried again. */
  readonly log?: (line: string) => void;
  /** Signs requests for certificates; absent, or without its key: nobody does. */
  readonly clusterSigning?: KeyPair & { readonly durationMs?: number };
  /** The private key that signs tokens of service accounts, PEM; absent: Secrets that ask for one get none. */
  readonly serviceAccountKey?: string;
}

/** The control loops by the names that kube-controller-manager gives them, each loaded when it is started. */
const CONTROLLERS: ReadonlyMap<string, () => Promise<StartController>> = new Map([
  ['namespace-controller', async () => (await import('../../controllers/namespace/namespace-controller.ts')).startNamespaceController],
  ['garbage-collector-controller', async () => (await import('../../controllers/garbage-collector/garbage-collector.ts')).startGarbageCollector],
  ['serviceaccount-controller', async () => (await import('../../controllers/service-account/service-account-controller.ts')).startServiceAccountController],
  ['root-ca-certificate-publisher-controller', async () => (await import('../../controllers/root-ca/root-ca-publisher.ts')).startRootCaPublisher],
  ['replicaset-controller', async () => (await import('../../controllers/replica-set/replica-set-controller.ts')).startReplicaSetController],
  ['replicationcontroller-controller', async () => (await import('../../controllers/replication-controller/replication-controller.ts')).startReplicationController],
  ['deployment-controller', async () => (await import('../../controllers/deployment/deployment-controller.ts')).startDeploymentController],
  ['statefulset-controller', async () => (await import('../../controllers/stateful-set/stateful-set-controller.ts')).startStatefulSetController],
  ['daemonset-controller', async () => (await import('../../controllers/daemon-set/daemon-set-controller.ts')).startDaemonSetController],
  ['job-controller', async () => (await import('../../controllers/job/job-controller.ts')).startJobController],
  ['cronjob-controller', async () => (await import('../../controllers/cron-job/cron-job-controller.ts')).startCronJobController],
  ['ttl-after-finished-controller', async () => (await import('../../controllers/ttl-after-finished/ttl-after-finished-controller.ts')).startTtlAfterFinishedController],
  ['node-lifecycle-controller', async () => (await import('../../controllers/node-lifecycle/node-lifecycle-controller.ts')).startNodeLifecycleController],
  ['taint-eviction-controller', async () => (await import('../../controllers/taint-eviction/taint-eviction-controller.ts')).startTaintEvictionController],
  ['pod-garbage-collector-controller', async () => (await import('../../controllers/pod-garbage-collector/pod-garbage-collector.ts')).startPodGarbageCollector],
  ['node-ipam-controller', async () => (await import('../../controllers/node-ipam/node-ipam-controller.ts')).startNodeIpamController],
  ['ttl-controller', async () => (await import('../../controllers/node-ttl/ttl-controller.ts')).startTtlController],
  ['endpoints-controller', async () => (await import('../../controllers/endpoints/endpoints-controller.ts')).startEndpointsController],
  ['endpointslice-controller', async () => (await import('../../controllers/endpoint-slice/endpoint-slice-controller.ts')).startEndpointSliceController],
  ['endpointslice-mirroring-controller', async () => (await import('../../controllers/endpoint-slice-mirroring/endpoint-slice-mirroring-controller.ts')).startEndpointSliceMirroringController],
  ['disruption-controller', async () => (await import('../../controllers/disruption/disruption-controller.ts')).startDisruptionController],
  ['persistentvolume-binder-controller', async () => (await import('../../controllers/volumes/persistent-volume-binder-controller.ts')).startPersistentVolumeBinder],
  ['persistentvolumeclaim-protection-controller', async () => (await import('../../controllers/volume-protection/claim-protection-controller.ts')).startClaimProtection],
  ['persistentvolume-protection-controller', async () => (await import('../../controllers/volume-protection/volume-protection-controller.ts')).startVolumeProtection],
  ['persistentvolume-expander-controller', async () => (await import('../../controllers/volume-expander/volume-expander-controller.ts')).startVolumeExpander],
  ['ephemeral-volume-controller', async () => (await import('../../controllers/ephemeral-volume/ephemeral-volume-controller.ts')).startEphemeralVolumeController],
  ['resourcequota-controller', async () => (await import('../../controllers/resource-quota/resource-quota-controller.ts')).startResourceQuotaController],
  ['certificatesigningrequest-signing-controller', async () => (await import('../../controllers/certificates/certificate-signing-controller.ts')).startCertificateSigning],
  ['certificatesigningrequest-approving-controller', async () => (await import('../../controllers/certificates/certificate-approving-controller.ts')).startCertificateApproving],
  ['certificatesigningrequest-cleaner-controller', async () => (await import('../../controllers/certificates/certificate-cleaner-controller.ts')).startCertificateCleaner],
  ['clusterrole-aggregation-controller', async () => (await import('../../controllers/cluster-role-aggregation/cluster-role-aggregation-controller.ts')).startClusterRoleAggregation],
  ['serviceaccount-token-controller', async () => (await import('../../controllers/service-account-token/service-account-token-controller.ts')).startServiceAccountTokenController],
  ['service-cidr-controller', async () => (await import('../../controllers/service-cidr/service-cidr-controller.ts')).startServiceCidrController],
  ['bootstrap-signer-controller', async () => (await import('../../controllers/bootstrap-tokens/bootstrap-signer-controller.ts')).startBootstrapSigner],
  ['token-cleaner-controller', async () => (await import('../../controllers/bootstrap-tokens/token-cleaner-controller.ts')).startTokenCleaner],
  ['horizontal-pod-autoscaler-controller', async () => (await import('../../controllers/horizontal-pod-autoscaler/horizontal-pod-autoscaler-controller.ts')).startHorizontalPodAutoscaler],
]);

export const CONTROLLER_NAMES: readonly string[] = [...CONTROLLERS.keys()];

/** Run only when they are named: clusters whose nodes join by tokens want them. */
const DISABLED_BY_DEFAULT: ReadonlySet<string> = new Set(['bootstrap-signer-controller', 'token-cleaner-controller']);

/** Which of the names are chosen. Throws RangeError for a name that no controller has. */
export function selectControllers(selection: readonly string[]): string[] {
  for (const entry of selection) {
    const name = entry.replace(/^-/, '');
    if (name !== '*' && !CONTROLLER_NAMES.includes(name)) throw new RangeError(`${JSON.stringify(name)} is not in the list of known controllers`);
  }
  const all = selection.includes('*');
  return CONTROLLER_NAMES.filter((name) => !selection.includes(`-${name}`) && ((all && !DISABLED_BY_DEFAULT.has(name)) || selection.includes(name)));
}

/**
 * Starts the control loops against the API that the client reaches, one after another, so that an API server in the same
 * process goes on answering. They keep no process alive.
 */
export async function startControllers(options: ControllersOptions): Promise<RunningController> {
  const { client, random, log = () => undefined, controllers = ['*'], clusterSigning, serviceAccountKey, ...rest } = options;
  const chosen = selectControllers(controllers);
  const informers = new SharedInformers({ client, random, onError: (error, { resource }) => log(`watch of ${resource}: ${error.message}`) });
  const certificateAuthority = clusterSigning && clusterSigning.key !== '' ? authorityOf(clusterSigning) : undefined;
  const signServiceAccountToken = serviceAccountKey === undefined ? undefined : tokenSigner(serviceAccountKey);
  const context: ControllerContext = { client, clock: client.clock, random, informers, log, ...(certificateAuthority && { certificateAuthority }), ...(signServiceAccountToken && { signServiceAccountToken }), ...rest };
  const running: RunningController[] = [];
  for (const [name, load] of CONTROLLERS) {
    if (!chosen.includes(name)) continue;
    const start = await load();
    await nextTurn();
    running.push(start(context));
  }
  await informers.startInTurns();
  return {
    stop: async () => {
      await Promise.all(running.map((controller) => controller.stop()));
      await informers.stop();
    },
  };
}

function authorityOf({ durationMs, ...issuer }: KeyPair & { readonly durationMs?: number }): CertificateAuthority {
  return { sign: (certificate) => signRequest(certificate, issuer), ...(durationMs !== undefined && { durationMs }) };
}

/** The key is read when the first token is asked for. */
function tokenSigner(pem: string): NonNullable<ControllerContext['signServiceAccountToken']> {
  const key = lazily(() => tokenKey(pem));
  return (claims) => signLegacyToken(claims, key());
}
