import { expect, test } from 'vitest';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { podWrite, refusal, writeOf, type RecordedWrite } from '../admission-request.test-data.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';

test('PodTopologyLabels gives pods and bindings the node’s zone and region', async () => {
  const zone = { 'topology.kubernetes.io/zone': 'z', 'topology.kubernetes.io/region': 'r' };
  const plugin = podTopologyLabels(new MemoryReader([object('v1', 'Node', { name: 'n', labels: { ...zone, other: 'o' } })]));
  const labelsAfter = async (request: RecordedWrite & { object: KubeObject }) => {
    await refusal(plugin, request);
    return request.object.metadata.labels;
  };
  const binding = (kind: string) => writeOf('', 'pods', object('v1', 'Binding', { name: 'p', labels: { 'topology.kubernetes.io/zone': 'wrong' } }, { target: { kind, name: 'n' } }), { subresource: 'binding' });
  expect(await labelsAfter(binding('Node'))).toEqual(zone);
  expect(await labelsAfter(binding('Pod'))).toEqual({ 'topology.kubernetes.io/zone': 'wrong' });
  expect(await labelsAfter(podWrite({ nodeName: 'n' }))).toEqual(zone);
  expect(await labelsAfter(podWrite({ nodeName: 'gone' }))).toBeUndefined();
});
