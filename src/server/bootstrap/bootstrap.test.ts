import { describe, expect, test } from 'vitest';
import type { GroupVersionResource } from '../../machinery/group-version.ts';
import type { JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { alreadyExists, internalError } from '../../machinery/status-error.ts';
import { applyBootstrap } from './apply-bootstrap.ts';
import type { BootstrapItem, BootstrapTarget } from './bootstrap-item.ts';
import { kubernetesServiceAddress } from './kubernetes-service.ts';
import { planBootstrap, type BootstrapOptions } from './plan-bootstrap.ts';

const autoupdate = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
const RBAC = 'rbac.authorization.k8s.io/v1';
const bootstrapObjects = new Map<string, JsonObject[]>([
  [`${RBAC}/clusterroles`, [
    { metadata: { name: 'cluster-admin', annotations: autoupdate, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } }, rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] },
    { metadata: { name: 'view', annotations: autoupdate }, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'true' } }] } },
  ]],
  [`${RBAC}/clusterrolebindings`, [{ metadata: { name: 'cluster-admin', annotations: autoupdate }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:masters' }] }]],
  ['flowcontrol.apiserver.k8s.io/v1/flowschemas', [
    { metadata: { name: 'catch-all', annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } }, spec: { matchingPrecedence: 10000 } },
    { metadata: { name: 'probes', annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } }, spec: { matchingPrecedence: 2 } },
  ]],
  ['apiregistration.k8s.io/v1/apiservices', [{ metadata: { name: 'v1.apps' }, spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17800, versionPriority: 15 } }]],
  ['networking.k8s.io/v1/servicecidrs', [{ metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.0.0.0/16'] } }]],
  ['v1/namespaces', [{ metadata: { name: 'default' } }]],
]);
const options: BootstrapOptions = { bootstrapObjects, serviceCidrs: ['10.96.0.0/12'], advertiseAddress: '192.0.2.1', securePort: 6443, frontProxyCa: 'PEM' };

class Target implements BootstrapTarget {
  readonly objects = new Map<string, KubeObject>();
  readonly log: string[] = [];
  static key({ resource }: GroupVersionResource, namespace: string, name: string): string {
    return [resource, namespace, name].filter((part) => part !== '').join('/');
  }
  #write(verb: string, resource: GroupVersionResource, object: KubeObject): Promise<void> {
    const key = Target.key(resource, object.metadata.namespace ?? '', object.metadata.name ?? '');
    this.log.push(`${verb} ${key}`);
    this.objects.set(key, structuredClone(object));
    return Promise.resolve();
  }
  get(resource: GroupVersionResource, namespace: string, name: string): KubeObject | undefined {
    return this.objects.get(Target.key(resource, namespace, name));
  }
  create(resource: GroupVersionResource, object: KubeObject): Promise<void> {
    return this.#write('create', resource, object);
  }
  update(resource: GroupVersionResource, object: KubeObject): Promise<void> {
    return this.#write('update', resource, object);
  }
  delete(resource: GroupVersionResource, namespace: string, name: string): Promise<void> {
    const key = Target.key(resource, namespace, name);
    this.log.push(`delete ${key}`);
    this.objects.delete(key);
    return Promise.resolve();
  }
}

async function filled(): Promise<Target> {
  const target = new Target();
  await applyBootstrap(planBootstrap(options), target);
  target.log.length = 0;
  return target;
}

/** What happens when one object of a filled cluster has been changed. */
async function repaired(key: string, change: (object: KubeObject) => void, more: Partial<BootstrapOptions> = {}): Promise<{ log: string[]; object: KubeObject | undefined }> {
  const target = await filled();
  const object = target.objects.get(key);
  if (object === undefined) throw new Error(`no ${key}`);
  change(object);
  await applyBootstrap(planBootstrap({ ...options, ...more }), target);
  return { log: target.log, object: target.objects.get(key) };
}

describe('a new cluster', () => {
  test('holds everything, complete, and the namespaces first', async () => {
    const target = new Target();
    const summary = await applyBootstrap(planBootstrap(options), target);
    expect(summary).toEqual({ created: 12, updated: 0, kept: 0 });
    expect(target.log.slice(0, 2).sort()).toEqual(['create namespaces/default', 'create servicecidrs/kubernetes']);
    expect(target.log.slice(-3)).toEqual(['create services/default/kubernetes', 'create endpoints/default/kubernetes', 'create endpointslices/default/kubernetes']);
    expect(target.objects.get('clusterroles/view')).toMatchObject({ apiVersion: RBAC, kind: 'ClusterRole' });
    expect(target.objects.get('clusterroles/view')).not.toHaveProperty('rules');
    expect(target.objects.get('servicecidrs/kubernetes')).toMatchObject({ spec: { cidrs: ['10.96.0.0/12'] } });
    expect(target.objects.get('services/default/kubernetes')).toMatchObject({ spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] } });
    expect(target.objects.get('configmaps/kube-system/extension-apiserver-authentication')).toMatchObject({ data: { 'requestheader-client-ca-file': 'PEM', 'requestheader-username-headers': '["X-Remote-User"]' } });
  });

  test('that has everything is left alone', async () => {
    const target = await filled();
    expect(await applyBootstrap(planBootstrap(options), target)).toEqual({ created: 0, updated: 0, kept: 12 });
    expect(target.log).toEqual([]);
  });
});

describe('a default role', () => {
  test('gets its rules back, and keeps what was added', async () => {
    const own = { verbs: ['get'], nonResourceURLs: ['/own'] };
    const { object } = await repaired('clusterroles/cluster-admin', (role) => {
      role['rules'] = [own];
      role.metadata.labels = { mine: 'x' };
    });
    expect(object).toMatchObject({ rules: [own, { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], metadata: { labels: { mine: 'x', 'kubernetes.io/bootstrapping': 'rbac-defaults' } } });
  });

  test('that the administrator has taken over is kept', async () => {
    const { log } = await repaired('clusterroles/cluster-admin', (role) => {
      role['rules'] = [];
      role.metadata.annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
    });
    expect(log).toEqual([]);
  });

  test('that is aggregated keeps what was gathered, and gets its selectors back', async () => {
    const { object } = await repaired('clusterroles/view', (role) => {
      role['rules'] = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }];
      role['aggregationRule'] = { clusterRoleSelectors: [{ matchLabels: { own: 'true' } }] };
    });
    expect(object).toMatchObject({ rules: [{ resources: ['pods'] }], aggregationRule: { clusterRoleSelectors: [{ matchLabels: { own: 'true' } }, { matchLabels: { a: 'true' } }] } });
  });
});

describe('a default binding', () => {
  test('gets its subjects back', async () => {
    const { object } = await repaired('clusterrolebindings/cluster-admin', (binding) => {
      binding['subjects'] = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }];
    });
    expect(object).toMatchObject({ subjects: [{ name: 'jane' }, { name: 'system:masters' }] });
  });

  test('to another role is made anew', async () => {
    const { log, object } = await repaired('clusterrolebindings/cluster-admin', (binding) => {
      binding['roleRef'] = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    });
    expect(log).toEqual(['delete clusterrolebindings/cluster-admin', 'create clusterrolebindings/cluster-admin']);
    expect(object).toMatchObject({ roleRef: { name: 'cluster-admin' } });
  });
});

describe('flow control', () => {
  const spec = (precedence: number, annotation?: string, generation = 2) => (object: KubeObject): void => {
    object['spec'] = { matchingPrecedence: precedence, extra: 'default' };
    object.metadata.generation = generation;
    object.metadata.annotations = annotation === undefined ? {} : { 'apf.kubernetes.io/autoupdate-spec': annotation };
  };
  test.each([
    ['flowschemas/probes', 'true', 2, 2],
    ['flowschemas/probes', 'false', 2, 7],
    ['flowschemas/probes', undefined, 2, 7],
    ['flowschemas/probes', undefined, 1, 2],
    ['flowschemas/catch-all', 'false', 2, 10000],
  ])('%s with the annotation %s at generation %i comes to %i', async (key, annotation, generation, precedence) => {
    expect((await repaired(key, spec(7, annotation, generation))).object).toMatchObject({ spec: { matchingPrecedence: precedence } });
  });

  test('that holds defaults beside what is wanted is kept', async () => {
    expect((await repaired('flowschemas/probes', spec(2, 'true'))).log).toEqual([]);
  });
});

test('an API service of another server is the administrator\'s', async () => {
  expect((await repaired('apiservices/v1.apps', (service) => { service['spec'] = { service: { name: 'other' } }; })).log).toEqual([]);
  expect((await repaired('apiservices/v1.apps', (service) => { service['spec'] = { versionPriority: 1 }; })).object).toMatchObject({ spec: { versionPriority: 15 } });
});

test('the endpoints follow the server\'s address and port', async () => {
  const { log, object } = await repaired('endpointslices/default/kubernetes', () => {}, { advertiseAddress: '192.0.2.9', securePort: 7443 });
  expect(log.sort()).toEqual(['update endpoints/default/kubernetes', 'update endpointslices/default/kubernetes', 'update services/default/kubernetes']);
  expect(object).toMatchObject({ endpoints: [{ addresses: ['192.0.2.9'] }], ports: [{ port: 7443 }] });
  expect((await repaired('endpointslices/default/kubernetes', () => {}, { advertiseAddress: 'fd00::1' })).log).toContain('delete endpointslices/default/kubernetes');
});

describe('beside another server', () => {
  const item: BootstrapItem = { resource: { group: '', version: 'v1', resource: 'namespaces' }, object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } } };

  test('what it has made meanwhile is kept', async () => {
    const target = new Target();
    let asked = 0;
    target.get = () => (asked++ === 0 ? undefined : item.object);
    target.create = () => Promise.reject(alreadyExists({ group: '', resource: 'namespaces' }, 'a'));
    expect(await applyBootstrap([[item]], target)).toEqual({ created: 0, updated: 0, kept: 1 });
  });

  test('a cluster that is new at first and then not is no matter', async () => {
    const target = new Target();
    const [first, second] = [item, { ...item, object: { ...item.object, metadata: { name: 'b' } } }];
    await target.create(second.resource, second.object);
    const create = target.create.bind(target);
    target.create = (resource, object) => (object.metadata.name === 'b' ? Promise.reject(alreadyExists({ group: '', resource: 'namespaces' }, 'b')) : create(resource, object));
    expect(await applyBootstrap([[first], [second]], target)).toEqual({ created: 1, updated: 0, kept: 1 });
  });

  test('other failures are told', async () => {
    const target = new Target();
    target.create = () => Promise.reject(internalError('disk full'));
    await expect(applyBootstrap([[item]], target)).rejects.toThrow('disk full');
  });
});

test.each([
  ['10.0.0.0/16', '10.0.0.1'],
  ['10.96.255.255/12', '10.96.0.1'],
  ['192.0.2.128/25', '192.0.2.129'],
  ['fd00:10:96::/112', 'fd00:10:96::1'],
  ['::/64', '::1'],
  ['2001:db8:0:1::/64', '2001:db8:0:1::1'],
  ['1:2:3:4:5:6:7:0/112', '1:2:3:4:5:6:7:1'],
])('the first address of %s is %s', (cidr, address) => expect(kubernetesServiceAddress(cidr)).toBe(address));
test.each(['10.0.0.0', 'x/8', '10.0.0.300/8', '10.0.0.0/33'])('%s is no CIDR', (cidr) => expect(() => kubernetesServiceAddress(cidr)).toThrow('is not a CIDR'));
