import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { pod, refusal, write } from '../admission-request.test-data.ts';
import { podResizeValidator } from './pod-resize-validator.ts';

describe('PodResizeValidator', () => {
  const node = (name: string, labels: Record<string, string>) => object('v1', 'Node', { name, labels }, { status: { allocatable: { cpu: '2', memory: '1Gi' } } });
  const plugin = podResizeValidator(new MemoryReader([node('n', { 'kubernetes.io/os': 'linux' }), node('w', { 'kubernetes.io/os': 'windows' })]));
  const resize = (nodeName: string, requests: object, generation = 2) =>
    write({ operation: 'UPDATE', subresource: 'resize', oldObject: pod({}, { generation: 1 }), object: pod({ nodeName, containers: [{ name: 'c', resources: { requests } }] }, { generation }) });
  test.each([
    [resize('n', { cpu: '2' }), undefined, undefined],
    [resize('n', { cpu: '2500m', memory: '2Gi' }), "Node didn't have enough allocatable resources: cpu, requested: 2500, allocatable: 2000; memory, requested: 2147483648, allocatable: 1073741824", 'NodeCapacity'],
    [resize('n', { cpu: '9' }, 1), undefined, undefined],
    [resize('w', {}), 'pod resize is only supported on linux nodes, node "w" is "windows"', 'UnsupportedPlatform'],
    [resize('gone', {}), 'node "gone" not found', undefined],
    [resize('', { cpu: '9' }), undefined, undefined],
  ])('%#', async (request, message, reason) => {
    const status = await refusal(plugin, request);
    expect(status?.message).toBe(message && `pods "p" is forbidden: ${message}`);
    expect(status?.details?.causes?.[0]?.reason).toBe(reason);
  });
});
