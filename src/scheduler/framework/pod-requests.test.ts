import { describe, expect, test } from 'vitest';
import type { Pod } from '../../api/types/generated/core-v1.ts';
import { podRequests } from './pod-requests.ts';

type Spec = NonNullable<Pod['spec']>;

const pod = (spec: Partial<Spec>, status: Pod['status'] = {}): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [], ...spec }, status });
const container = (name: string, cpu: string | undefined, more: Partial<Spec['containers'][number]> = {}): Spec['containers'][number] => ({ name, ...(cpu !== undefined && { resources: { requests: { cpu } } }), ...more });
const SIDECAR = { restartPolicy: 'Always' };

describe('what a pod requests', () => {
  test.each<[string, Partial<Spec>, number]>([
    ['is the sum of its containers', { containers: [container('a', '1'), container('b', '500m')] }, 1500],
    ['is that of its largest init container, when that is more', { containers: [container('a', '1')], initContainers: [container('i', '3'), container('j', '2')] }, 3000],
    ['includes sidecars', { containers: [container('a', '1')], initContainers: [container('s', '1', SIDECAR)] }, 2000],
    ['counts an init container with the sidecars that started before it', { containers: [container('a', '1')], initContainers: [container('s', '1', SIDECAR), container('i', '4')] }, 5000],
    ['counts an init container without the sidecars after it', { containers: [container('a', '1')], initContainers: [container('i', '4'), container('s', '1', SIDECAR)] }, 4000],
    ['includes overhead', { containers: [container('a', '1')], overhead: { cpu: '250m' } }, 1250],
    ['is what the pod as a whole requests', { containers: [container('a', '1')], resources: { requests: { cpu: '3' } } }, 3000],
    ['is what the pod as a whole requests, and overhead', { containers: [container('a', '1')], resources: { requests: { cpu: '3' } }, overhead: { cpu: '1' } }, 4000],
  ])('%s', (_, spec, milliCpu) => {
    expect(podRequests(pod(spec)).exact.milliCpu).toBe(milliCpu);
  });

  test('has defaults where nodes are compared', () => {
    const { exact, nonZeroMilliCpu, nonZeroMemory } = podRequests(pod({ containers: [container('a', undefined), container('b', '1')] }));
    expect([exact.milliCpu, exact.memory, nonZeroMilliCpu, nonZeroMemory]).toEqual([1000, 0, 1100, 2 * 200 * 1024 * 1024]);
  });

  test.each<[string, Pod['status'], number]>([
    ['while it shrinks, is what it still has', { containerStatuses: [{ name: 'a', image: '', imageID: '', ready: true, restartCount: 0, resources: { requests: { cpu: '3' } } }] }, 3000],
    ['while it grows, is what it will have', { containerStatuses: [{ name: 'a', image: '', imageID: '', ready: true, restartCount: 0, resources: { requests: { cpu: '500m' } } }] }, 1000],
    [
      'when it cannot grow, is what it has',
      { conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }], containerStatuses: [{ name: 'a', image: '', imageID: '', ready: true, restartCount: 0, allocatedResources: { cpu: '500m' } }] },
      500,
    ],
  ])('of a running pod: %s', (_, status, milliCpu) => {
    expect(podRequests(pod({ containers: [container('a', '1')] }, status)).exact.milliCpu).toBe(milliCpu);
  });
});
