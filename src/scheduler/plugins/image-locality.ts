import type { SchedulerHandle } from '../framework/handle.ts';
import { MAX_NODE_SCORE, type Plugin } from '../framework/plugin.ts';
import { Status } from '../framework/status.ts';

const MIN_BYTES = 23 * 1024 * 1024;
const MAX_BYTES_PER_CONTAINER = 1000 * 1024 * 1024;

/** Prefers nodes that have the pod's images; images that few nodes have count less, so that pods do not crowd there. */
export function imageLocality(handle: Pick<SchedulerHandle, 'nodes'>): Plugin {
  return {
    name: 'ImageLocality',
    events: [],
    // Nodes that tell of no images at all are no better than each other.
    preScore: (_state, _pod, nodes) => (nodes.every(({ images }) => images.size === 0) ? Status.skip() : undefined),
    score: (_state, { pod }, { images }) => {
      if (images.size === 0) return 0;
      const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
      const total = handle.nodes().length;
      let bytes = 0;
      for (const { image = '' } of containers) {
        const state = images.get(withTag(image));
        if (state) bytes += Math.floor(state.sizeBytes * (state.nodes.size / total));
      }
      const most = MAX_BYTES_PER_CONTAINER * containers.length;
      return Math.floor((MAX_NODE_SCORE * (Math.min(Math.max(bytes, MIN_BYTES), most) - MIN_BYTES)) / (most - MIN_BYTES));
    },
  };
}

function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}
