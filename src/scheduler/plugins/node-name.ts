import type { Plugin } from '../framework/plugin.ts';
import { Status } from '../framework/status.ts';

const OTHER_NODE = Status.unresolvable("node(s) didn't match the requested node name");

/** A pod that names its node goes there or nowhere. */
export function nodeName(): Plugin {
  return {
    name: 'NodeName',
    events: [{ resource: 'Node', actions: ['Add'] }],
    filter: (_state, pod, node) => (pod.nodeName === '' || pod.nodeName === node.name ? undefined : OTHER_NODE),
  };
}
