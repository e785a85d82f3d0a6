import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../machinery/json.ts';
import { create, NOW_MS, objectOf, update } from '../apps/rule-runs.test-data.ts';
import { rules as ingressClasses } from './ingressclasses/strategy.ts';
import { rules as ingresses } from './ingresses/strategy.ts';
import { rules as ipAddresses } from './ipaddresses/strategy.ts';
import { rules as networkPolicies } from './networkpolicies/strategy.ts';
import { rules as serviceCidrs } from './servicecidrs/strategy.ts';

const at = { nowMs: NOW_MS };
const of = (kind: string, spec: JsonObject) => objectOf('networking.k8s.io/v1', kind, { spec });
const service = { service: { name: 'web', port: { number: 80 } } };
const DNS_LABEL = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;

describe('Ingresses', () => {
  const path = (fields: JsonObject): JsonObject => ({ rules: [{ host: 'a.example.com', http: { paths: [{ backend: service, ...fields }] } }] });
  const at0 = 'spec.rules[0].http.paths[0]';

  test.each<[string, JsonObject, string[]]>([
    ['nothing', {}, ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    ['no paths', { rules: [{ http: { paths: [] } }] }, ['spec.rules[0].http.paths: Required value']],
    ['a path of no type', path({ path: 'relative', pathType: null }), [`${at0}.pathType: Required value: pathType must be specified`]],
    ['a path of another type', path({ path: '/', pathType: 'Glob' }), [`${at0}.pathType: Unsupported value: "Glob": supported values: "Exact", "ImplementationSpecific", "Prefix"`]],
    ['a relative path', path({ path: 'a', pathType: 'Prefix' }), [`${at0}.path: Invalid value: "a": must be an absolute path`]],
    ['a path that leads elsewhere', path({ path: '/a//b/../c/%2f/.', pathType: 'Exact' }), [
      `${at0}.path: Invalid value: "/a//b/../c/%2f/.": must not contain '//'`,
      `${at0}.path: Invalid value: "/a//b/../c/%2f/.": must not contain '/../'`,
      `${at0}.path: Invalid value: "/a//b/../c/%2f/.": must not contain '%2f'`,
      `${at0}.path: Invalid value: "/a//b/../c/%2f/.": cannot end with '/.'`,
    ]],
    ['a path for the implementation to read', path({ path: '/a//b', pathType: 'ImplementationSpecific' }), []],
    ['an address as host', { rules: [{ host: '1.2.3.4' }] }, ['spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address']],
    ['a wildcard', { rules: [{ host: '*.example.com' }], tls: [{ hosts: ['*.example.com'], secretName: 's' }] }, []],
    ['no backend', { defaultBackend: {} }, ['spec.defaultBackend: Invalid value: "": resource or service backend is required']],
    ['two backends', { defaultBackend: { ...service, resource: { kind: 'Bucket', name: 'b' } } }, ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends']],
    ['a service without port', { defaultBackend: { service: { name: 'web' } } }, ['spec.defaultBackend: Required value: port name or number is required']],
    ['a service with two ports', { defaultBackend: { service: { name: 'web', port: { name: 'http', number: 80 } } } }, ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number']],
    ['a service that cannot be', { defaultBackend: { service: { name: 'Web_1', port: { number: 99999 } } } }, [
      `spec.defaultBackend.service.name: Invalid value: "Web_1": ${DNS_LABEL}`,
      'spec.defaultBackend.service.port.number: Invalid value: 99999: must be between 1 and 65535, inclusive',
    ]],
  ])('%s', (_, spec, findings) => {
    expect(create(ingresses, of('Ingress', spec)).findings).toEqual(findings);
  });

  test('the old annotation warns, and says the same as the field when it comes', () => {
    const object = of('Ingress', { defaultBackend: service, ingressClassName: 'new' });
    object.metadata.annotations = { 'kubernetes.io/ingress.class': 'old' };
    const { findings, warnings } = create(ingresses, object);
    expect(warnings).toEqual([`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`]);
    expect(findings).toEqual(['annotations.kubernetes.io/ingress.class: Invalid value: "old": must match `ingressClassName` when both are specified']);
    expect(update(ingresses, object, () => undefined).findings).toEqual([]);
  });

  test('addresses of a status', () => {
    const old = of('Ingress', { defaultBackend: service });
    old['status'] = { loadBalancer: { ingress: [{ ip: '010.0.0.1' }] } };
    const write = (ingress: JsonObject[]) => update(ingresses, old, (object) => void (object['status'] = { loadBalancer: { ingress } }), ingresses.status).findings;
    expect(write([{ ip: '010.0.0.1' }])).toEqual([]);
    expect(write([{ ip: '011.0.0.1' }, { hostname: '1.2.3.4' }])).toEqual([
      'status.loadBalancer.ingress[0].ip: Invalid value: "011.0.0.1": must not have leading 0s',
      'status.loadBalancer.ingress[1].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
    ]);
  });

  test('table cells', () => {
    const hosts = ['a', 'b', 'c', 'd', 'e'].map((host) => ({ host }));
    const object = of('Ingress', { ingressClassName: 'edge', rules: hosts, tls: [{}] });
    object['status'] = { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }, { ip: '192.0.2.1' }, { ip: '192.0.2.1' }] } };
    expect(ingresses.cells?.(object, at)).toEqual(['x', 'edge', 'a,b,c + 2 more...', '192.0.2.1,lb.example.com', '80, 443', '120m']);
    expect(ingresses.cells?.(of('Ingress', { defaultBackend: service }), at)).toEqual(['x', '<none>', '*', '', '80', '120m']);
  });
});

describe('Ingress classes', () => {
  const parameters = { apiGroup: 'example.com', kind: 'Params', name: 'p' };
  test.each<[string, JsonObject, string[]]>([
    ['parameters are of the cluster', { controller: 'example.com/lb', parameters }, []],
    ['no controller', {}, ['spec.controller: Required value']],
    ['a controller without a domain', { controller: 'lb' }, ['spec.controller: Invalid value: "lb": must be a domain-prefixed path (such as "acme.io/foo")']],
    ['no such scope', { controller: 'a.b/c', parameters: { ...parameters, scope: 'Galaxy' } }, ['spec.parameters.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespace"']],
    ['of a namespace, but which', { controller: 'a.b/c', parameters: { ...parameters, scope: 'Namespace' } }, ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"]],
    ['of the cluster, yet of a namespace', { controller: 'a.b/c', parameters: { ...parameters, namespace: 'n' } }, ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"]],
  ])('%s', (_, spec, findings) => {
    expect(create(ingressClasses, of('IngressClass', spec)).findings).toEqual(findings);
  });

  test('the controller stays', () => {
    const { findings } = update(ingressClasses, of('IngressClass', { controller: 'a.b/c' }), (object) => void (object['spec'] = { controller: 'a.b/d' }));
    expect(findings).toEqual(['spec.controller: Invalid value: "a.b/d": field is immutable']);
  });

  test('table cells', () => {
    expect(ingressClasses.cells?.(of('IngressClass', { controller: 'a.b/c', parameters }), at)).toEqual(['x', 'a.b/c', 'Params.example.com/p', '120m']);
  });
});

describe('Network policies', () => {
  test('are about what comes in, and about what goes out when they say something of it', () => {
    expect(create(networkPolicies, of('NetworkPolicy', { podSelector: {} })).object['spec']).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
    expect(create(networkPolicies, of('NetworkPolicy', { podSelector: {}, egress: [{ ports: [{ port: 53 }] }] })).object['spec']).toEqual({
      podSelector: {},
      egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }],
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  const from = (...peers: JsonObject[]): JsonObject => ({ ingress: [{ from: peers }] });
  const ports = (...list: JsonObject[]): JsonObject => ({ egress: [{ ports: list }] });
  test.each<[string, JsonObject, string[]]>([
    ['nobody', from({}), ['spec.ingress[0].from[0]: Required value: must specify a peer']],
    ['pods in a range', from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }), ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer']],
    ['a range that is none', from({ ipBlock: { cidr: '10.0.0.300/8', except: ['x'] } }), [
      'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.300/8": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ]],
    ['exceptions outside, and the whole', from({ ipBlock: { cidr: '10.1.0.0/16', except: ['10.2.0.0/24', '10.1.0.0/16', '10.1.2.0/24', '2001:db8::/64'] } }), [
      'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.2.0.0/24": must be a strict subset of `cidr`',
      'spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: "10.1.0.0/16": must be a strict subset of `cidr`',
      'spec.ingress[0].from[0].ipBlock.except[3]: Invalid value: "2001:db8::/64": must be a strict subset of `cidr`',
    ]],
    ['a range of ports', ports({ port: 80, endPort: 90 }), []],
    ['a range backwards', ports({ port: 80, endPort: 70 }), ['spec.egress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`']],
    ['a range of a name', ports({ port: 'http', endPort: 70 }), ['spec.egress[0].ports[0].endPort: Invalid value: 70: may not be specified when `port` is non-numeric']],
    ['a range of nothing', ports({ endPort: 70 }), ['spec.egress[0].ports[0].endPort: Invalid value: 70: may not be specified when `port` is not specified']],
    ['another direction', { policyTypes: ['Sideways'] }, ['spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Ingress", "Egress"']],
    ['three directions', { policyTypes: ['Ingress', 'Egress', 'Ingress'] }, ['spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes']],
  ])('%s', (_, spec, findings) => {
    expect(create(networkPolicies, of('NetworkPolicy', spec)).findings).toEqual(findings);
  });

  test('a range that stood there before may stay as it is spelled', () => {
    const old = of('NetworkPolicy', from({ ipBlock: { cidr: '10.0.0.1/8' } }));
    expect(create(networkPolicies, of('NetworkPolicy', from({ ipBlock: { cidr: '10.0.0.1/8' } }))).findings).toHaveLength(1);
    expect(update(networkPolicies, old, (object) => void (object.metadata.labels = { a: 'b' })).findings).toEqual([]);
  });

  test('table cells', () => {
    expect(networkPolicies.cells?.(of('NetworkPolicy', { podSelector: { matchLabels: { b: '2', a: '1' } } }), at)).toEqual(['x', 'a=1,b=2', '120m']);
    expect(networkPolicies.cells?.(of('NetworkPolicy', { podSelector: {} }), at)).toEqual(['x', '<none>', '120m']);
  });
});

describe('Ranges of services', () => {
  const families = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
  test.each<[string, string[], string[]]>([
    ['both families', ['192.0.2.0/28', '2001:db8::/112'], []],
    ['none', [], ['spec.cidrs: Required value: at least one CIDR required']],
    ['host bits', ['192.0.2.1/28'], ['spec.cidrs[0]: Invalid value: "192.0.2.1/28": must not have bits set beyond the prefix length']],
    ['another spelling', ['2001:DB8::/112'], ['spec.cidrs[0]: Invalid value: "2001:DB8::/112": must be in canonical form ("2001:db8::/112")']],
    ['one family twice', ['192.0.2.0/28', '198.51.100.0/28'], [`spec.cidrs: Invalid value: ["192.0.2.0/28","198.51.100.0/28"]: ${families}`]],
    ['three', ['192.0.2.0/28', '2001:db8::/112', '2001:db8:1::/112'], ['spec.cidrs: Invalid value: {"CIDRs":["192.0.2.0/28","2001:db8::/112","2001:db8:1::/112"]}: may only hold up to 2 values']],
  ])('%s', (_, cidrs, findings) => {
    expect(create(serviceCidrs, of('ServiceCIDR', { cidrs })).findings).toEqual(findings);
  });

  test.each<[string, string[], string[]]>([
    ['gain a family', ['192.0.2.0/28', '2001:db8::/112'], []],
    ['do not change', ['192.0.2.16/28'], ['spec.cidrs[0]: Invalid value: "192.0.2.16/28": field is immutable']],
    ['do not vanish', [], ['spec.cidrs: Invalid value: []: field is immutable']],
  ])('%s', (_, cidrs, findings) => {
    expect(update(serviceCidrs, of('ServiceCIDR', { cidrs: ['192.0.2.0/28'] }), (object) => void (object['spec'] = { cidrs })).findings).toEqual(findings);
  });
});

describe('Addresses', () => {
  const parentRef = { resource: 'services', namespace: 'n', name: 'web' };

  test.each<[string, string[]]>([
    ['192.0.2.1', []],
    ['2001:db8::2', []],
    ['2001:DB8::2', ['must be in canonical form ("2001:db8::2")']],
    ['192.0.02.1', ['must not have leading 0s']],
    ['web', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  ])('the name %s', (name, texts) => {
    expect(ipAddresses.validateName?.(name, false)).toEqual(texts);
  });

  test('say whose they are, for ever', () => {
    expect(create(ipAddresses, of('IPAddress', {})).findings).toEqual(['spec.parentRef: Required value']);
    expect(create(ipAddresses, of('IPAddress', { parentRef: { resource: '', name: 'a/b' } })).findings).toEqual([
      'spec.parentRef.resource: Required value',
      "spec.parentRef.name: Invalid value: \"a/b\": may not contain '/'",
    ]);
    expect(update(ipAddresses, of('IPAddress', { parentRef }), (object) => void (object['spec'] = { parentRef: { ...parentRef, name: 'other' } })).findings).toEqual([
      'spec.parentRef: Invalid value: {"Group":"","Resource":"services","Namespace":"n","Name":"other"}: field is immutable',
    ]);
  });

  test('table cells', () => {
    expect(ipAddresses.cells?.(of('IPAddress', { parentRef }), at)).toEqual(['x', 'services/n/web']);
  });
});
