import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../api/types/generated/core-v1.ts';
import type { EndpointSlice } from '../../api/types/generated/discovery-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const NS = '/api/v1/namespaces/default';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name%3Ds';

describe('endpoints that people write', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['endpointslice-mirroring-controller']);
    await loops.create(`${NS}/services`, { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } });
  });
  afterEach(() => loops.close());

  const write = async (subsets: object[], metadata: object = {}): Promise<void> => {
    await loops.create(`${NS}/endpoints`, { metadata: { name: 's', ...metadata }, subsets });
    await loops.settle();
  };
  const slices = async (): Promise<EndpointSlice[]> => (await loops.get<{ items: EndpointSlice[] }>(SLICES))?.items ?? [];
  const shown = async (): Promise<unknown[]> => (await slices()).map(({ addressType, endpoints, ports }) => [addressType, endpoints?.map(({ addresses, conditions }) => [addresses[0], conditions?.ready]), ports]);

  test('are shown as slices, ready or not, by family', async () => {
    await write([{ addresses: [{ ip: '192.0.2.1', hostname: 'h' }, { ip: 'fd00::1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports: [{ port: 80 }] }], { labels: { team: 'x' }, annotations: { note: 'y' } });
    const ports = [{ name: '', port: 80, protocol: 'TCP' }];
    expect(await shown()).toEqual(expect.arrayContaining([['IPv4', [['192.0.2.1', true], ['192.0.2.2', false]], ports], ['IPv6', [['fd00::1', true]], ports]]));
    expect((await slices())[0]?.metadata).toMatchObject({
      generateName: 's-',
      labels: { team: 'x', 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io', 'kubernetes.io/service-name': 's' },
      annotations: { note: 'y' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Endpoints', name: 's', controller: true }],
    });
    await loops.merge(`${NS}/endpoints/s`, { metadata: { annotations: { note: 'z' } } });
    await loops.settle();
    expect((await slices()).map(({ metadata }) => metadata.annotations)).toEqual([{ note: 'z' }, { note: 'z' }]);
    await loops.delete(`${NS}/endpoints/s`);
    await loops.settle();
    expect(await slices()).toEqual([]);
    expect(loops.log).toEqual([]);
  });

  test('are not shown when their author says so, or control loops keep them', async () => {
    await write([{ addresses: [{ ip: '192.0.2.1' }] }], { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } });
    expect(await slices()).toEqual([]);
    await loops.merge(`${NS}/endpoints/s`, { metadata: { labels: null } });
    await loops.settle();
    expect(await slices()).toHaveLength(1);
    await loops.merge(`${NS}/services/s`, { spec: { selector: { app: 'w' } } });
    await loops.settle();
    expect(await slices()).toEqual([]);
  });

  test('are shown up to a thousand addresses a subset, which is said', async () => {
    const addresses = Array.from({ length: 1003 }, (_, i) => ({ ip: `10.0.${i >> 8}.${i & 255}` }));
    await write([{ addresses, ports: [{ port: 80 }] }]);
    expect((await slices()).map(({ endpoints }) => endpoints?.length)).toEqual([1000]);
    const events = await loops.get<{ items: Event[] }>(`${NS}/events`);
    expect(events?.items.map(({ reason, message }) => `${reason}: ${message}`)).toEqual(['TooManyAddressesToMirror: A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 3 addresses were skipped']);
  });
});
