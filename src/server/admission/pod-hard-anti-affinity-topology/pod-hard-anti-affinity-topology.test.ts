import { expect, test } from 'vitest';
import { podRefusal, podWrite } from '../admission-request.test-data.ts';
import { podHardAntiAffinityTopology } from './pod-hard-anti-affinity-topology.ts';

test('LimitPodHardAntiAffinityTopology keeps anti-affinity to the node', async () => {
  const spec = (topologyKey: string) => ({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }, { topologyKey }] } } });
  expect(await podRefusal(podHardAntiAffinityTopology(), podWrite(spec('kubernetes.io/hostname')))).toBeUndefined();
  expect(await podRefusal(podHardAntiAffinityTopology(), podWrite(spec('zone')))).toBe('affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey zone but only key kubernetes.io/hostname is allowed');
});
