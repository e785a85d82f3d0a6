import { afterEach, describe, expect, test } from 'vitest';
import type { Event, Node } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';
import { RangeAllocator } from './range-allocator.ts';

describe('a range', () => {
  const all = (allocator: RangeAllocator): string[] => {
    const parts: string[] = [];
    for (let part = allocator.allocate(); part !== undefined && parts.length < 10; part = allocator.allocate()) parts.push(part);
    return parts;
  };

  test('is given out in parts, none twice, until it is used up', () => {
    const range = new RangeAllocator('10.244.0.0/22', 24);
    range.occupy('10.244.1.0/24');
    expect(all(range)).toEqual(['10.244.0.0/24', '10.244.2.0/24', '10.244.3.0/24']);
    range.release('10.244.2.0/24');
    expect(all(range)).toEqual(['10.244.2.0/24']);
  });

  test('leaves out what others use of it, however large', () => {
    const range = new RangeAllocator('10.96.0.0/22', 24);
    range.occupy('10.96.0.0/23');
    range.occupy('10.96.2.128/25');
    range.occupy('192.168.0.0/16');
    expect(all(range)).toEqual(['10.96.3.0/24']);
  });

  test('has addresses of either family', () => {
    const range = new RangeAllocator('fd00:10:244::/56', 64);
    expect([range.allocate(), range.allocate()]).toEqual(['fd00:10:244::/64', 'fd00:10:244:1::/64']);
  });

  test.each([
    ['10.244.0.0', 24],
    ['10.244.0.0/24', 16],
    ['10.244.0.0/24', 33],
  ])('%s cannot be given out in parts of /%d', (range, prefix) => {
    expect(() => new RangeAllocator(range, prefix)).toThrow(RangeError);
  });
});

describe('nodes', () => {
  let loops: LoopCluster;
  afterEach(async () => {
    expect(loops.log).toEqual([]);
    await loops.close();
  });
  const ranges = async (name: string): Promise<string[] | undefined> => (await loops.get<Node>(`/api/v1/nodes/${name}`))?.spec?.podCIDRs;
  const create = (name: string, podCIDRs?: string[]): Promise<unknown> => loops.create('/api/v1/nodes', { metadata: { name }, spec: { ...(podCIDRs && { podCIDRs }) } });

  test('have a part of each range, and give it back when they go', async () => {
    loops = await LoopCluster.open(['node-ipam-controller'], { nodes: { clusterCidrs: ['10.244.0.0/22', 'fd00::/56'], serviceCidrs: ['10.244.0.0/24'] } });
    await create('own', ['10.244.2.0/24', 'fd00::/64']);
    await loops.settle();
    await create('a');
    await create('b');
    await loops.settle();
    const given = [await ranges('a'), await ranges('b')].map((each) => each?.join(' ') ?? '');
    expect(given.toSorted()).toEqual(['10.244.1.0/24 fd00:0:0:1::/64', '10.244.3.0/24 fd00:0:0:2::/64']);
    await create('c');
    await loops.settle();
    expect(await ranges('c')).toBeUndefined();
    const { items } = (await loops.get<{ items: Event[] }>('/api/v1/namespaces/default/events')) ?? { items: [] };
    expect(items.map(({ reason, message }) => `${reason}: ${message}`)).toEqual(['CIDRNotAvailable: Node c status is now: CIDRNotAvailable']);
    await loops.delete('/api/v1/nodes/own');
    await loops.settle(11_000);
    expect(await ranges('c')).toEqual(['10.244.2.0/24', 'fd00:0:0:3::/64']);
  });

  test('have none when the cluster has no range', async () => {
    loops = await LoopCluster.open(['node-ipam-controller', 'ttl-controller']);
    await create('a');
    await loops.settle();
    expect(await ranges('a')).toBeUndefined();
    expect((await loops.get<Node>('/api/v1/nodes/a'))?.metadata.annotations).toEqual({ 'node.alpha.kubernetes.io/ttl': '0' });
  });
});
