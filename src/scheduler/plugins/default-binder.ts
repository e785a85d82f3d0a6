import type { Pod } from '../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../client/builtin-resources.ts';
import type { SchedulerHandle } from '../framework/handle.ts';
import type { Plugin } from '../framework/plugin.ts';

/** Binds pods through their `binding` subresource. */
export function defaultBinder({ client }: SchedulerHandle): Plugin {
  const pods = client.resource<Pod>(BUILTIN.pods);
  return {
    name: 'DefaultBinder',
    events: [],
    bind: async (_state, { name, namespace, uid }, nodeName) => {
      await pods.inNamespace(namespace).createSubresource(name, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { namespace, name, uid },
        target: { kind: 'Node', name: nodeName },
      });
      return undefined;
    },
  };
}
