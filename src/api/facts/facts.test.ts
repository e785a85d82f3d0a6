import { describe, expect, test } from 'vitest';
import { loadFacts } from './facts.ts';

const facts = loadFacts();

describe('types', () => {
  test('a kind leads to its type, and a type to its fields', () => {
    const deployment = facts.typeOfKind('apps', 'v1', 'Deployment');
    expect(deployment?.name).toBe('io.k8s.api.apps.v1.Deployment');
    expect(deployment?.goQualifiedName).toBe('v1.Deployment');
    const spec = deployment?.fields.get('spec')?.type;
    expect(spec?.kind === 'struct' && spec.type.fields.get('replicas')).toMatchObject({ presence: 'given', protobufPath: [1] });
  });

  test('the same name gives the same object', () => {
    expect(facts.typeByName('io.k8s.api.core.v1.Pod')).toBe(facts.typeOfKind('', 'v1', 'Pod'));
  });

  test.each(['__proto__', 'constructor', 'Pod'])('%s is no type', (name) => {
    expect(facts.typeByName(name)).toBeUndefined();
    expect(facts.typeOfKind('', 'v1', name === 'Pod' ? 'Nothing' : name)).toBeUndefined();
  });

  test('every reference between types leads somewhere', () => {
    for (const name of facts.typeNames()) {
      for (const field of facts.typeByName(name)?.fields.values() ?? []) {
        let type = field.type;
        while (type.kind === 'list' || type.kind === 'map') type = type.element;
        if (type.kind === 'struct') expect(type.type.name).toBe(type.name);
      }
    }
  });

  test('every field but the envelope’s has a place on the wire', () => {
    const without: string[] = [];
    for (const name of facts.typeNames()) {
      if (name === 'io.k8s.apimachinery.pkg.version.Info') continue;
      for (const field of facts.typeByName(name)?.fields.values() ?? []) {
        if (field.protobufPath.length === 0 && field.name !== 'apiVersion' && field.name !== 'kind') without.push(`${name}.${field.name}`);
      }
    }
    expect(without).toEqual([]);
  });

  test('fields of inlined messages are reached through them', () => {
    expect(facts.typeByName('io.k8s.api.core.v1.Volume')?.fields.get('emptyDir')?.protobufPath).toEqual([2, 2]);
    expect(facts.typeByName('io.k8s.api.admissionregistration.v1.NamedRuleWithOperations')?.fields.get('scope')?.protobufPath).toEqual([2, 2, 4]);
  });
});

describe('resources', () => {
  test('every resource names its kind, and every kind has a type', () => {
    for (const r of facts.resources) expect(facts.typeOfKind(r.group, r.version, r.kind), `${r.resource}.${r.group}`).toBeDefined();
  });

  test('subresources of another group say which', () => {
    const pods = facts.resource('', 'v1', 'pods');
    expect(pods?.subresources.find((s) => s.name === 'eviction')).toMatchObject({ kindGroup: 'policy', kindVersion: 'v1', kind: 'Eviction' });
    expect(pods?.subresources.find((s) => s.name === 'status')).toMatchObject({ kindGroup: '', kindVersion: 'v1', kind: 'Pod' });
  });

  test('a kind leads to its resource', () => {
    expect(facts.resourceOfKind('networking.k8s.io', 'v1', 'Ingress')?.resource).toBe('ingresses');
  });

  test('tables have columns in order', () => {
    expect(facts.tableColumns('', 'v1', 'configmaps')?.map((c) => c.name)).toEqual(['Name', 'Data', 'Age']);
    expect(facts.tableColumns('', 'v1', 'nothings')).toBeUndefined();
  });
});

describe('what surrounds the types', () => {
  test('flags, gates, plugins, operations, metrics and bootstrap objects are there', () => {
    expect(facts.flags('kube-apiserver').get('max-requests-inflight')).toEqual({ type: 'int', default: '400' });
    expect(facts.flags('nothing').size).toBe(0);
    expect(facts.featureGates.get('AllAlpha')).toEqual({ stage: 'alpha', default: false });
    expect(facts.defaultAdmissionPlugins).toContain('NamespaceLifecycle');
    expect(facts.operations.find((o) => o.id === 'createCoreV1Namespace')).toMatchObject({ method: 'POST', path: '/api/v1/namespaces', action: 'post' });
    expect(facts.metrics.get('apiserver_request_total')?.type).toBe('counter');
    expect(facts.bootstrapObjects.get('v1/namespaces')?.length).toBeGreaterThan(0);
  });
});
