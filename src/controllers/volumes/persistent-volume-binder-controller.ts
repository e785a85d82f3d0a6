import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/types/generated/core-v1.ts';
import type { StorageClass } from '../../api/types/generated/storage-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import { objectKey } from '../../client/resource-definition.ts';
import { Controller } from '../../runtime/controller.ts';
import { EventRecorder } from '../../runtime/event-recorder.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { ControllerContext, RunningController } from '../controller-context.ts';
import { failureLog } from '../failure-log.ts';
import { claimKeysOf, indexByClaim } from './claims-of-pods.ts';
import type { SharedClass } from './compute-claim.ts';
import { VolumeBinder } from './volume-binder.ts';
import { classOf, type SharedClaim, type SharedVolume } from './volume-match.ts';

const NAME = 'persistentvolume-binder-controller';
const CLAIM = 'claim/';
const VOLUME = 'volume/';

const CLAIM_REF = 'claimRef';
const VOLUME_NAME = 'volumeName';
/** Claims that look for a volume, by their class. */
const OPEN_CLASS = 'openClass';

/** Binds volumes and claims to each other, and says what became of both. */
export function startPersistentVolumeBinder({ client, clock, random, informers, log }: ControllerContext): RunningController {
  const events = new EventRecorder({ client, random, component: 'persistentvolume-controller' });
  const volumes = indexedVolumes(informers.get<PersistentVolume>(BUILTIN.persistentVolumes));
  const claims = indexedClaims(informers.get<PersistentVolumeClaim>(BUILTIN.persistentVolumeClaims));
  const classes = informers.get<StorageClass>(BUILTIN.storageClasses);
  const pods = indexByClaim(informers.get<Pod>(BUILTIN.pods));
  const binder = new VolumeBinder({ volumes, claims, classes, pods, events, wakeClaim: (key) => controller.enqueue(CLAIM + key, 'its volume waits for it') });

  const controller = new Controller({
    name: NAME,
    clock,
    // One at a time: two claims must not choose one volume.
    workers: 1,
    onError: failureLog(log, NAME),
    reconcile: async (key, { signal }) => {
      if (key.startsWith(VOLUME)) {
        const volume = volumes.store.get(key.slice(VOLUME.length));
        if (volume) await binder.syncVolume(volume, signal);
        return;
      }
      const claim = claims.store.get(key.slice(CLAIM.length));
      if (claim) await binder.syncClaim(claim, signal);
    },
  });

  const openClaims = (className: string): string[] => claims.store.byIndex(OPEN_CLASS, className).map((claim) => CLAIM + objectKey(claim));
  const keysOfVolume = (volume: SharedVolume): string[] => {
    const { name = '' } = volume.metadata;
    const { namespace = '', name: claimName } = volume.spec?.claimRef ?? {};
    const naming = claims.store.byIndex(VOLUME_NAME, name).map((claim) => CLAIM + objectKey(claim));
    if (claimName !== undefined) naming.push(`${CLAIM}${namespace}/${claimName}`);
    return [VOLUME + name, ...naming];
  };
  const keysOfClaim = (claim: SharedClaim): string[] => {
    const key = objectKey(claim);
    const { volumeName = '' } = claim.spec ?? {};
    const reserved = volumes.store.byIndex(CLAIM_REF, key).map(({ metadata }) => VOLUME + (metadata.name ?? ''));
    return [CLAIM + key, ...(volumeName === '' ? [] : [VOLUME + volumeName]), ...reserved];
  };
  const keysOfClass = ({ metadata }: SharedClass): string[] => [...openClaims(metadata.name ?? ''), ...openClaims('')];

  controller.watch(volumes, { keysOf: keysOfVolume });
  // One that becomes free may be what claims wait for.
  controller.watch(volumes, {
    keysOf: (volume) => (isFree(volume) ? openClaims(classOf(volume)) : []),
    filter: ({ event, object, old }) => event !== 'delete' && isFree(object) && !(old && isFree(old)),
  });
  controller.watch(claims, { keysOf: keysOfClaim });
  controller.watch(classes, { keysOf: keysOfClass });
  controller.watch(pods, {
    keysOf: (pod) => claimKeysOf(pod).filter((key) => isOpen(claims.store.get(key))).map((key) => CLAIM + key),
    filter: ({ event }) => event === 'add',
  });
  controller.start();
  return {
    stop: async () => {
      await controller.stop();
      await events.stop();
    },
  };
}

function isFree({ spec, status }: SharedVolume): boolean {
  return status?.phase === 'Available' && spec?.claimRef === undefined;
}

function isOpen(claim: SharedClaim | undefined): boolean {
  return claim !== undefined && (claim.spec?.volumeName ?? '') === '';
}

function indexedVolumes(informer: Informer<PersistentVolume>): Informer<PersistentVolume> {
  if (!informer.store.hasIndex(CLAIM_REF)) {
    informer.store.addIndex(CLAIM_REF, ({ spec }) => (spec?.claimRef ? [`${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`] : []));
  }
  return informer;
}

function indexedClaims(informer: Informer<PersistentVolumeClaim>): Informer<PersistentVolumeClaim> {
  if (!informer.store.hasIndex(VOLUME_NAME)) {
    informer.store.addIndex(VOLUME_NAME, ({ spec }) => ((spec?.volumeName ?? '') === '' ? [] : [spec?.volumeName ?? '']));
    informer.store.addIndex(OPEN_CLASS, (claim) => (isOpen(claim) ? [classOf(claim)] : []));
  }
  return informer;
}
