import type { PersistentVolume, PersistentVolumeClaim } from '../../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../../client/builtin-resources.ts';
import { objectKey } from '../../../client/resource-definition.ts';
import type { SchedulerHandle } from '../../framework/handle.ts';
import { isFullyBound, type SharedClaim, type VolumeStores } from './volume-stores.ts';
import { SELECTED_NODE, type VolumePlan } from './volume-plan.ts';

const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';

/**
 * Says which claims get which volumes, and for which node others are to be made, and waits until they are bound, which
 * the volume controller and provisioners do. Throws when that fails, takes too long, or somebody takes the node back.
 */
export async function bindVolumes({ bindings, provisions }: VolumePlan, nodeName: string, { handle, stores, timeoutMs }: { readonly handle: SchedulerHandle; readonly stores: VolumeStores; readonly timeoutMs: number }): Promise<void> {
  const { client } = handle;
  for (const { claim, volume } of bindings) {
    const { namespace = '', name = '', uid = '', resourceVersion = '' } = claim.metadata;
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
    const { name: volumeName = '', resourceVersion: seen } = volume.metadata;
    const patch = { metadata: { resourceVersion: seen, annotations: { [BOUND_BY_CONTROLLER]: 'yes' } }, spec: { claimRef } };
    await client.resource<PersistentVolume>(BUILTIN.persistentVolumes).patch(volumeName, 'merge', patch);
  }
  for (const claim of provisions) {
    const { namespace = '', name = '', resourceVersion } = claim.metadata;
    const patch = { metadata: { resourceVersion, annotations: { [SELECTED_NODE]: nodeName } } };
    await client.resource<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims).inNamespace(namespace).patch(name, 'merge', patch);
  }
  await untilBound([...bindings.map(({ claim }) => claim), ...provisions], { handle, stores, timeoutMs, provisions: new Set(provisions.map(objectKey)) });
}

interface Waiting {
  readonly handle: SchedulerHandle;
  readonly stores: VolumeStores;
  readonly timeoutMs: number;
  readonly provisions: ReadonlySet<string>;
}

function untilBound(claims: readonly SharedClaim[], { handle, stores, timeoutMs, provisions }: Waiting): Promise<void> {
  const left = new Map(claims.map((claim) => [objectKey(claim), claim]));
  return new Promise((resolve, reject) => {
    const ends: (() => void)[] = [];
    const end = (error?: Error): void => {
      for (const stop of ends) stop();
      if (error) reject(error);
      else resolve();
    };
    const look = (claim: SharedClaim): void => {
      const key = objectKey(claim);
      const own = left.get(key);
      if (!own) return;
      if (isFullyBound(claim)) left.delete(key);
      // What was seen before this pod asked says nothing of what became of it.
      else if (provisions.has(key) && claim.metadata.resourceVersion !== own.metadata.resourceVersion && claim.metadata.annotations?.[SELECTED_NODE] === undefined) end(new Error(`selectedNode annotation reset for PVC ${JSON.stringify(claim.metadata.name)}`));
      if (left.size === 0) end();
    };
    const timer = handle.clock.setTimer(timeoutMs, () => end(new Error('binding volumes: context deadline exceeded')));
    const onAbort = (): void => end(new Error('the scheduler was stopped'));
    handle.signal.addEventListener('abort', onAbort, { once: true });
    ends.push(
      () => timer.cancel(),
      () => handle.signal.removeEventListener('abort', onAbort),
      stores.claims.addHandler({
        onUpdate: look,
        onDelete: (claim) => {
          if (left.has(objectKey(claim))) end(new Error(`binding volumes: could not get PVC ${JSON.stringify(claim.metadata.name)}: persistentvolumeclaim ${JSON.stringify(claim.metadata.name)} not found`));
        },
      }),
    );
    for (const key of left.keys()) {
      const claim = stores.claims.store.get(key);
      if (claim) look(claim);
    }
  });
}
