import type { PodSpec, Volume } from '../../../api/pod-template/shapes.ts';
import type { GroupResource } from '../../../machinery/group-version.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { UserInfo } from '../../authentication/authenticator.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import type { ObjectReader } from '../../object-reader.ts';

const CLAIMS: GroupResource = { group: '', resource: 'persistentvolumeclaims' };
const VOLUMES: GroupResource = { group: '', resource: 'persistentvolumes' };
const DRIVERS: GroupResource = { group: 'storage.k8s.io', resource: 'csidrivers' };

export interface AudienceRequest {
  readonly pod: DeepReadonly<KubeObject>;
  readonly serviceAccount: string;
  readonly user: UserInfo;
  /** '' for the API server itself. */
  readonly audience: string;
}

/**
 * Whether a node may have a token for an audience: one that a volume of the pod asks for (of itself, or by its CSI
 * driver), or one that the node was given a right to.
 */
export async function mayHaveAudience({ pod, serviceAccount, user, audience }: AudienceRequest, reader: ObjectReader, authorizer: Authorizer): Promise<boolean> {
  const { volumes = [] } = (pod['spec'] ?? {}) as PodSpec;
  if (volumes.some((volume) => projectsToken(volume, audience) || driverTakesToken(volume, pod, { audience, reader }))) return true;
  const result = await authorizer.authorize({
    user,
    verb: 'request-serviceaccounts-token-audience',
    resourceRequest: true,
    path: '',
    group: '',
    version: '',
    resource: audience,
    subresource: '',
    namespace: pod.metadata.namespace ?? '',
    name: serviceAccount,
  });
  return result.decision === 'allow';
}

function projectsToken({ projected }: Volume, audience: string): boolean {
  return projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken !== undefined && (serviceAccountToken.audience ?? '') === audience) ?? false;
}

function driverTakesToken(volume: Volume, pod: DeepReadonly<KubeObject>, { audience, reader }: { readonly audience: string; readonly reader: ObjectReader }): boolean {
  const driver = volume.csi?.driver ?? driverOfClaim(claimOf(volume, pod), pod, reader);
  if (driver === undefined) return false;
  const { tokenRequests = [] } = (reader.get(DRIVERS, '', driver)?.['spec'] ?? {}) as { tokenRequests?: readonly { readonly audience?: string }[] };
  return tokenRequests.some((request) => (request.audience ?? '') === audience);
}

/** The claim of a volume; that of an ephemeral one is made for it and named after both. */
function claimOf({ name, persistentVolumeClaim, ephemeral }: Volume, pod: DeepReadonly<KubeObject>): string | undefined {
  return ephemeral === undefined ? persistentVolumeClaim?.claimName : `${pod.metadata.name ?? ''}-${name ?? ''}`;
}

function driverOfClaim(claimName: string | undefined, { metadata }: DeepReadonly<KubeObject>, reader: ObjectReader): string | undefined {
  if (claimName === undefined) return undefined;
  const claim = reader.get(CLAIMS, metadata.namespace ?? '', claimName)?.['spec'] as { volumeName?: string } | undefined;
  const volume = claim?.volumeName ? (reader.get(VOLUMES, '', claim.volumeName)?.['spec'] as { csi?: { driver?: string } } | undefined) : undefined;
  return volume?.csi?.driver;
}
