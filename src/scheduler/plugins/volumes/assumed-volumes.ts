import { objectKey } from '../../../client/resource-definition.ts';
import type { SharedClaim, SharedVolume } from './volume-stores.ts';

/** A claim and the volume that it gets. */
export interface ClaimBinding {
  readonly claim: SharedClaim;
  readonly volume: SharedVolume;
}

/** Volumes that pods on their way to their node will take, before the API shows it. */
export class AssumedVolumes {
  /** Claims by volume. */
  readonly #claims = new Map<string, string>();

  isTaken(volume: string, claim: SharedClaim): boolean {
    const by = this.#claims.get(volume);
    return by !== undefined && by !== objectKey(claim);
  }

  take(bindings: readonly ClaimBinding[]): void {
    for (const { claim, volume } of bindings) this.#claims.set(volume.metadata.name ?? '', objectKey(claim));
  }

  release(bindings: readonly ClaimBinding[]): void {
    for (const { volume } of bindings) this.#claims.delete(volume.metadata.name ?? '');
  }
}
