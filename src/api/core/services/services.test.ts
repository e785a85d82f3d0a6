import { describe, expect, test } from 'vitest';
import { formatFieldError, type FieldError } from '../../../machinery/field-error.ts';
import type { RuleContext } from '../../kind-rules.ts';
import { allocationsOf, dropUnusedValues, keepAllocatedValues, normalizeClusterIps } from './allocated-values.ts';
import { prepareServiceAddresses, type IpFamily } from './ip-families.ts';
import type { Service, ServiceSpec, ServiceStatus } from './service.ts';
import { rules } from './strategy.ts';

const CONTEXT: RuleContext = { nowMs: 0, userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };

function service(spec: object, status: object = {}): Service {
  const made = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: structuredClone(spec), status } as unknown as Service;
  rules.defaults?.(made, 'v1');
  return made;
}
const texts = (findings: FieldError[] | undefined): string[] => (findings ?? []).map(formatFieldError);

describe('a new service', () => {
  test.each([
    [{ ports: [{ port: 80 }] }, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }],
    [{ type: 'NodePort', ports: [] }, { type: 'NodePort', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', externalTrafficPolicy: 'Cluster', ports: [] }],
    [
      { type: 'LoadBalancer' },
      { type: 'LoadBalancer', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true },
    ],
    [{ type: 'ExternalName', externalName: 'a.b' }, { type: 'ExternalName', externalName: 'a.b', sessionAffinity: 'None' }],
    [
      { sessionAffinity: 'ClientIP' },
      { type: 'ClusterIP', internalTrafficPolicy: 'Cluster', sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } },
    ],
    [{ sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } }, { type: 'ClusterIP', internalTrafficPolicy: 'Cluster', sessionAffinity: 'None' }],
  ])('is completed: %j', (spec, expected) => {
    expect(service(spec).spec).toEqual(expected);
  });

  test.each([
    [{ ports: [] }, ['spec.ports: Required value']],
    [{ ports: [], clusterIP: 'None', clusterIPs: ['None'] }, []],
    [{ ports: [{ port: 0 }] }, ['spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive', 'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive']],
    [{ ports: [{ port: 1 }, { port: 2 }] }, ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value']],
    [
      { ports: [{ name: 'a', port: 80 }, { name: 'b', port: 80 }] },
      ['spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}'],
    ],
    [{ ports: [{ name: 'a', port: 53 }, { name: 'b', port: 53, protocol: 'UDP' }] }, []],
    [{ ports: [{ port: 80, nodePort: 30000 }] }, ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]],
    [{ type: 'NodePort', clusterIP: 'None', clusterIPs: ['None'], ports: [{ port: 80 }] }, ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services']],
    [{ type: 'LoadBalancer', ports: [{ port: 10250 }] }, ['spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet']],
    [{ type: 'ExternalName' }, ['spec.externalName: Required value']],
    [{ type: 'ExternalName', externalName: 'a.b', clusterIP: '1.1.1.1', clusterIPs: ['1.1.1.1'] }, ['spec.clusterIPs: Forbidden: may not be set for ExternalName services']],
    [{ ports: [{ port: 80 }], clusterIP: 'x', clusterIPs: ['x'] }, ['spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    [
      { ports: [{ port: 80 }], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', '10.0.0.2'] },
      ['spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family'],
    ],
    [{ ports: [{ port: 80 }], externalTrafficPolicy: 'Local' }, ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services']],
    [{ ports: [{ port: 80 }], externalIPs: ['127.0.0.1'] }, ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)']],
    [{ ports: [{ port: 80 }], loadBalancerSourceRanges: ['10.0.0.0/8'] }, ["spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"]],
    [{ type: 'LoadBalancer', ports: [{ port: 80 }], loadBalancerSourceRanges: [' 10.0.0.0/8 ', 'x'] }, [
      'spec.LoadBalancerSourceRanges[1]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ]],
    [{ ports: [{ port: 80 }], trafficDistribution: 'Far' }, ['spec.trafficDistribution: Unsupported value: "Far": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"']],
    [{ ports: [{ port: 80 }], type: 'Ingress' }, ['spec.type: Unsupported value: "Ingress": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"']],
  ])('is judged: %j', (spec, expected) => {
    expect(texts(rules.validate?.(service(spec), CONTEXT))).toEqual(expected);
  });
});

describe('the addresses of a service', () => {
  const prepare = (spec: object, families: readonly IpFamily[], old?: object): { findings: string[]; spec: ServiceSpec | undefined } => {
    const made = service(spec);
    return { findings: texts(prepareServiceAddresses(made, old && service(old), families)), spec: made.spec };
  };

  test.each([
    ['are of the default family', { selector: { a: 'b' } }, ['IPv4'], { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }],
    ['are of both where both are preferred', { ipFamilyPolicy: 'PreferDualStack' }, ['IPv6', 'IPv4'], { ipFamilies: ['IPv6', 'IPv4'], ipFamilyPolicy: 'PreferDualStack' }],
    ['are of one where only one is there', { ipFamilyPolicy: 'PreferDualStack' }, ['IPv4'], { ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' }],
    ['follow the address asked for', { clusterIP: 'fd00::1' }, ['IPv4', 'IPv6'], { ipFamilies: ['IPv6'], clusterIPs: ['fd00::1'] }],
    ['are of any family without selector and cluster IP', { clusterIP: 'None' }, ['IPv4'], { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }],
    ['are two where two families are named', { ipFamilies: ['IPv4', 'IPv6'] }, ['IPv4', 'IPv6'], { ipFamilyPolicy: 'RequireDualStack' }],
  ] as const)('%s', (_, spec, families, expected) => {
    const result = prepare(spec, families);
    expect(result.findings).toEqual([]);
    expect(result.spec).toMatchObject(expected);
  });

  test.each([
    [{ clusterIP: 'fd00::1' }, ['spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster']],
    [{ ipFamilyPolicy: 'RequireDualStack' }, ['spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services']],
    [{ ipFamilies: ['IPv6'] }, ['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster']],
  ])('need what the cluster has: %j', (spec, expected) => {
    expect(prepare(spec, ['IPv4']).findings).toEqual(expected);
  });

  test('are cut to the first when one is enough', () => {
    const dual = { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'], ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' };
    expect(prepare({ ...dual, ipFamilyPolicy: 'SingleStack' }, ['IPv4', 'IPv6'], dual).spec).toMatchObject({ clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'] });
  });
});

describe('an update of a service', () => {
  const old: ServiceSpec = { type: 'NodePort', clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'], ports: [{ name: 'a', port: 1, nodePort: 30001 }] };

  test('keeps what was allocated and is not mentioned', () => {
    const spec: ServiceSpec = { type: 'NodePort', ports: [{ name: 'a', port: 2 }, { name: 'b', port: 3 }] };
    keepAllocatedValues(spec, old);
    expect(spec).toEqual({ type: 'NodePort', clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], ports: [{ name: 'a', port: 2, nodePort: 30001 }, { name: 'b', port: 3 }] });
  });

  test('does not give a node port to two ports', () => {
    const spec: ServiceSpec = { type: 'NodePort', ports: [{ name: 'a', port: 2 }, { name: 'b', port: 3, nodePort: 30001 }] };
    keepAllocatedValues(spec, old);
    expect(spec.ports?.[0]?.nodePort).toBeUndefined();
  });

  test.each([
    [{ clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.1'] }, ['10.0.0.2']],
    [{ clusterIP: '10.0.0.1' }, ['10.0.0.1']],
    [{ clusterIPs: ['10.0.0.1'] }, undefined],
  ])('agrees the cluster IPs of %j', (spec: ServiceSpec, expected) => {
    normalizeClusterIps(spec, old);
    expect(spec.clusterIPs).toEqual(expected);
  });

  test('drops what the new type has no use for', () => {
    const spec: ServiceSpec = { ...structuredClone(old), type: 'ExternalName', externalName: 'a.b' };
    dropUnusedValues(spec, old);
    expect(spec).toEqual({ type: 'ExternalName', externalName: 'a.b', ports: [{ name: 'a', port: 1 }] });
  });

  test('may not move a cluster IP', () => {
    const before = service({ ports: [{ port: 80 }], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] });
    const after = service({ ports: [{ port: 80 }], clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.2'] });
    expect(texts(rules.validateUpdate?.(after, before, CONTEXT))).toEqual(['spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set']);
  });
});

test('what a service holds is known for its release', () => {
  const made = service({ type: 'LoadBalancer', clusterIPs: ['10.0.0.1'], ports: [{ port: 1, nodePort: 30001 }, { port: 2, protocol: 'UDP', nodePort: 30002 }], healthCheckNodePort: 30003 });
  expect(allocationsOf(made)).toEqual({
    clusterIps: ['10.0.0.1'],
    nodePorts: [{ port: 30001, protocol: 'TCP' }, { port: 30002, protocol: 'UDP' }, { port: 30003, protocol: 'TCP' }],
  });
  expect(allocationsOf(service({ clusterIPs: ['None'] }))).toEqual({ clusterIps: [], nodePorts: [] });
});

describe('the status of a load balancer', () => {
  test.each([
    [{ type: 'ClusterIP' }, [{ ip: '1.1.1.1' }], ["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"]],
    [{ type: 'LoadBalancer' }, [{ ip: '1.1.1.1' }], []],
    [{ type: 'LoadBalancer' }, [{ ip: 'x' }], ['status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    [{ type: 'LoadBalancer' }, [{ hostname: '1.2.3.4' }], ['status.loadBalancer.ingress[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address']],
    [{ type: 'LoadBalancer' }, [{ hostname: 'a.b', ipMode: 'VIP' }], ['status.loadBalancer.ingress[0].ipMode: Forbidden: may not be specified when `ip` is not set']],
  ])('of %j with %j', (spec, ingress, expected) => {
    const made = service(spec, { loadBalancer: { ingress } } as ServiceStatus);
    expect(texts(rules.status?.validateUpdate?.(made, made, CONTEXT))).toEqual(expected);
  });
});

test.each([
  [{ clusterIPs: ['None'], ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }] }, {}, ['s', 'ClusterIP', 'None', '<none>', '80/TCP,53/UDP', '<unknown>', '<none>']],
  [{ type: 'ExternalName', externalName: 'a.b', selector: { a: 'b' } }, {}, ['s', 'ExternalName', '<none>', 'a.b', '<none>', '<unknown>', 'a=b']],
  [{ type: 'LoadBalancer', clusterIPs: ['10.0.0.1'], ports: [{ port: 80, nodePort: 30001 }] }, {}, ['s', 'LoadBalancer', '10.0.0.1', '<pending>', '80:30001/TCP', '<unknown>', '<none>']],
  [
    { type: 'LoadBalancer', clusterIPs: ['10.0.0.1'], externalIPs: ['3.3.3.3'] },
    { loadBalancer: { ingress: [{ ip: '2.2.2.2' }, { hostname: 'a' }] } },
    ['s', 'LoadBalancer', '10.0.0.1', '2.2.2.2,a,3.3.3.3', '<none>', '<unknown>', '<none>'],
  ],
])('the row of %j', (spec, status, expected) => {
  expect(rules.cells?.(service(spec, status), { nowMs: 0 })).toEqual(expected);
});

test('warns of what is deprecated or ignored', () => {
  expect(rules.warningsOnCreate?.(service({ externalIPs: ['2001:db8:0:0::1'], externalName: 'x' }), CONTEXT)).toEqual([
    'spec.externalIPs[0]: IPv6 address "2001:db8:0:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
    'spec.externalName is ignored when spec.type is not "ExternalName"',
    'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
  ]);
});
