import { afterEach, describe, expect, test } from 'vitest';
import type { IPAddress, ServiceCIDR } from '../../api/types/generated/networking-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';
import { computeCidr } from './service-cidr-controller.ts';

const CIDRS = '/apis/networking.k8s.io/v1/servicecidrs';
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';

describe('a range of service addresses', () => {
  let loops: LoopCluster | undefined;
  afterEach(() => loops?.close());

  test('becomes ready, and goes ten seconds after its deletion when nobody has an address of it', async () => {
    loops = await LoopCluster.open(['service-cidr-controller']);
    await loops.create(CIDRS, { metadata: { name: 'more' }, spec: { cidrs: ['172.30.7.0/24'] } });
    await loops.settle();
    const made = await loops.get<ServiceCIDR>(`${CIDRS}/more`);
    expect(made?.metadata.finalizers).toEqual([FINALIZER]);
    expect(made?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }]);
    await loops.delete(`${CIDRS}/more`);
    await loops.settle(9000);
    expect(await loops.get(`${CIDRS}/more`)).toBeDefined();
    await loops.settle(2000);
    expect(await loops.get(`${CIDRS}/more`)).toBeUndefined();
    expect(loops.log).toEqual([]);
  });

  test('stays as long as a service has an address of it, and says so', async () => {
    loops = await LoopCluster.open(['service-cidr-controller']);
    await loops.create(CIDRS, { metadata: { name: 'more' }, spec: { cidrs: ['172.30.7.0/24'] } });
    await loops.settle();
    await loops.create('/api/v1/namespaces/default/services', { metadata: { name: 's' }, spec: { clusterIP: '172.30.7.9', ports: [{ port: 80 }] } });
    await loops.delete(`${CIDRS}/more`);
    await loops.settle(20_000);
    expect((await loops.get<ServiceCIDR>(`${CIDRS}/more`))?.status?.conditions).toMatchObject([{ status: 'False', reason: 'Terminating' }]);
    await loops.delete('/api/v1/namespaces/default/services/s');
    await loops.gone(`${CIDRS}/more`);
  });
});

const cidr = (name: string, range: string, deletedMs?: number): ServiceCIDR => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name, finalizers: [FINALIZER], ...(deletedMs !== undefined && { deletionTimestamp: new Date(deletedMs).toISOString() }) },
  spec: { cidrs: [range] },
});
const address = (name: string, manager = 'ipallocator.k8s.io'): IPAddress => ({ apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name, labels: { 'ipaddress.kubernetes.io/managed-by': manager } }, spec: { parentRef: { resource: 'services', namespace: 'x', name: 's' } } });

test.each<[string, string, ServiceCIDR[], IPAddress[], string]>([
  ['an address of its own', '10.0.0.0/16', [], [address('10.0.1.1')], 'referenced'],
  ['an address outside', '10.0.0.0/16', [], [address('10.1.1.1')], 'release'],
  ['an address that nobody allocated', '10.0.0.0/16', [], [address('10.0.1.1', 'me')], 'release'],
  ['an address that a larger range has, too', '10.0.0.0/16', [cidr('other', '10.0.0.0/8')], [address('10.0.1.1')], 'release'],
  ['an address that a smaller range has, too', '10.0.0.0/16', [cidr('other', '10.0.1.0/24')], [address('10.0.1.1')], 'release'],
  ['an address that only a range has that goes, too', '10.0.0.0/16', [cidr('other', '10.0.0.0/8', 0)], [address('10.0.1.1')], 'referenced'],
  ['an address of the other family', 'fd00::/64', [cidr('other', '10.0.0.0/8')], [address('fd00::5')], 'referenced'],
])('a range that goes, with %s', (_, range, others, addresses, type) => {
  const own = cidr('own', range, 0);
  expect(computeCidr(own, { others: [own, ...others], addresses, nowMs: 60_000 }).type).toBe(type);
});
