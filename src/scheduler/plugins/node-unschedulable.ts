import type { SharedNode } from '../framework/objects.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { Status } from '../framework/status.ts';
import { toleratesTaint } from '../../api/placement/tolerations.ts';
import type { Taint } from '../../api/types/generated/core-v1.ts';

const CORDONED = Status.unresolvable('node(s) were unschedulable');
const TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Cordoned nodes take only pods that tolerate that. */
export function nodeUnschedulable(): Plugin {
  const rejects = (pod: PodInfo, node: SharedNode | undefined): boolean => node?.spec?.unschedulable === true && !(pod.pod.spec?.tolerations ?? []).some((toleration) => toleratesTaint(toleration, TAINT));
  return {
    name: 'NodeUnschedulable',
    events: [
      { resource: 'Node', actions: ['Add', 'UpdateNodeTaint'], hint: (pod, { current }) => (rejects(pod, current as SharedNode | undefined) ? 'Skip' : 'Queue') },
      { resource: 'UnscheduledPod', actions: ['UpdatePodTolerations'], hint: (pod, { current }) => (current?.metadata.uid === pod.uid ? 'Queue' : 'Skip') },
    ],
    filter: (_state, pod, { node }) => (rejects(pod, node) ? CORDONED : undefined),
  };
}
