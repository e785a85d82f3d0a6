import { amountOf } from '../../framework/amounts.ts';
import { selectorOrNothing } from '../../framework/affinity-terms.ts';
import { NodeTerms } from '../../framework/node-selector.ts';
import type { SharedNode } from '../../framework/objects.ts';
import { classOf, type SharedClaim, type SharedVolume } from './volume-stores.ts';

/** Where volumes can be used. What their terms mean is worked out once for each state of a volume. */
export class VolumeReach {
  readonly #terms = new WeakMap<SharedVolume, NodeTerms>();

  reaches(volume: SharedVolume, node: SharedNode): boolean {
    const required = volume.spec?.nodeAffinity?.required;
    if (required === undefined) return true;
    let terms = this.#terms.get(volume);
    if (!terms) {
      terms = new NodeTerms(required.nodeSelectorTerms);
      this.#terms.set(volume, terms);
    }
    return terms.matches(node);
  }
}

export function requestedBytes({ spec }: SharedClaim): number {
  return amountOf('storage', spec?.resources?.requests?.['storage'] ?? '0');
}

function sizeOf({ spec }: SharedVolume): number {
  return amountOf('storage', spec?.capacity?.['storage'] ?? '0');
}

/** Volumes that the claim could get, the best first, wherever they can be used: those that are meant for it, or the free ones that will do. */
export function candidateVolumes(claim: SharedClaim, volumes: readonly SharedVolume[]): readonly SharedVolume[] {
  const wanted = requestedBytes(claim);
  const suitable = volumes.filter((volume) => suits(volume, claim) && sizeOf(volume) >= wanted);
  const meant = suitable.filter((volume) => isMeantFor(volume, claim));
  if (meant.length > 0) return meant;
  const selector = claim.spec?.selector === undefined ? undefined : selectorOrNothing(claim.spec.selector);
  const free = suitable.filter(({ spec, status, metadata }) => spec?.claimRef === undefined && status?.phase === 'Available' && (!selector || selector.matches(metadata.labels)));
  return free.sort((a, b) => sizeOf(a) - sizeOf(b));
}

function isMeantFor({ spec }: SharedVolume, { metadata }: SharedClaim): boolean {
  const { claimRef } = spec ?? {};
  return claimRef !== undefined && claimRef.name === metadata.name && claimRef.namespace === metadata.namespace && (claimRef.uid === undefined || claimRef.uid === metadata.uid);
}

function suits({ spec, metadata }: SharedVolume, claim: SharedClaim): boolean {
  const modes = new Set(spec?.accessModes ?? []);
  return (
    metadata.deletionTimestamp === undefined &&
    (spec?.storageClassName ?? '') === classOf(claim) &&
    (spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem') &&
    (spec?.volumeAttributesClassName ?? '') === (claim.spec?.volumeAttributesClassName ?? '') &&
    (claim.spec?.accessModes ?? []).every((mode) => modes.has(mode))
  );
}
