import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { podRefusal, podWrite, refusal, specAfter } from '../admission-request.test-data.ts';
import { podNodeSelector } from './pod-node-selector.ts';

describe('PodNodeSelector', () => {
  const plugin = podNodeSelector(new MemoryReader([object('v1', 'Namespace', { name: 'x', annotations: { 'scheduler.alpha.kubernetes.io/node-selector': 'env=test,zone=a' } }), object('v1', 'Namespace', { name: 'open' })]));
  test('puts the namespace’s selector beside the pod’s own', async () => {
    expect(await specAfter(plugin, podWrite({ nodeSelector: { disk: 'ssd', env: 'test' } }))).toMatchObject({ nodeSelector: { disk: 'ssd', env: 'test', zone: 'a' } });
    expect(await specAfter(plugin, podWrite({}, { namespace: 'open' }))).not.toHaveProperty('nodeSelector');
  });
  test('refuses what contradicts it', async () => {
    expect(await podRefusal(plugin, podWrite({ nodeSelector: { env: 'prod' } }))).toBe('pod node label selector conflicts with its namespace node label selector');
    expect((await refusal(plugin, podWrite({}, { namespace: 'gone' })))?.message).toBe('namespaces "gone" not found');
  });
});
