import type { ImageState } from '../framework/node-info.ts';
import type { SharedNode } from '../framework/objects.ts';

/** Which nodes have which images. */
export class ImageStates {
  readonly #nodes = new Map<string, Set<string>>();

  /** What stood on the node before is forgotten; the answer is what stands there now, by every name of each image. */
  replace(name: string, old: SharedNode | undefined, node: SharedNode | undefined): ReadonlyMap<string, ImageState> {
    for (const image of namesOf(old)) {
      const nodes = this.#nodes.get(image);
      if (nodes?.delete(name) === true && nodes.size === 0) this.#nodes.delete(image);
    }
    const states = new Map<string, ImageState>();
    for (const { names = [], sizeBytes = 0 } of node?.status?.images ?? []) {
      for (const image of names) {
        const nodes = this.#nodes.get(image) ?? new Set<string>();
        nodes.add(name);
        this.#nodes.set(image, nodes);
        states.set(image, { sizeBytes, nodes });
      }
    }
    return states;
  }
}

function namesOf(node: SharedNode | undefined): string[] {
  return (node?.status?.images ?? []).flatMap(({ names = [] }) => names);
}
