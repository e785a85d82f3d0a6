import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { columns } from '../support/columns.ts';
import type { KubectlUser } from '../support/kubectl.ts';

const GADGETS = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec:
  group: example.com
  names: {plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList, shortNames: [gd], categories: [all, toys]}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
    additionalPrinterColumns:
    - {name: Size, type: string, jsonPath: .spec.size}
    - {name: Color, type: string, jsonPath: .spec.color, priority: 1}
    schema:
      openAPIV3Schema:
        type: object
        description: Gadget is a thing to play with.
        properties:
          spec:
            type: object
            description: What the gadget should be.
            required: [size]
            properties:
              size: {type: string, enum: [small, large], description: How big the gadget is.}
              color: {type: string, default: blue}
              replicas: {type: integer}
              parts: {type: array, items: {type: object, properties: {name: {type: string, description: The name of a part.}}}}
          status: {type: object, properties: {replicas: {type: integer}}}
`;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let cluster: TestCluster;
let user: KubectlUser;

beforeAll(async () => {
  cluster = await startTestCluster();
  user = await cluster.user('discovering');
  await user.kubectl('create -f -', { stdin: GADGETS });
  await user.kubectl('wait crd/gadgets.example.com --for=condition=Established --timeout=10s');
});

afterAll(async () => {
  expect(cluster.log).toEqual([]);
  await cluster.close();
});

describe('kubectl explain', () => {
  test.each<[string, string[]]>([
    ['pods', ['KIND: Pod', 'VERSION: v1', 'DESCRIPTION:', ' spec <PodSpec>', ' status <PodStatus>']],
    ['pod.spec.containers.resources', ['FIELD: resources <ResourceRequirements>', ' limits <map[string]Quantity>', ' claims <[]ResourceClaim>']],
    ['pod.spec.containers.name', ['FIELD: name <string>']],
    ['deployment.spec.strategy --recursive', ['GROUP: apps', 'FIELD: strategy <DeploymentStrategy>', ' rollingUpdate <RollingUpdateDeployment>', ' maxSurge <IntOrString>', ' enum: Recreate, RollingUpdate']],
    ['deployments --api-version=apps/v1', ['GROUP: apps', 'VERSION: v1']],
    ['hpa.spec.metrics.resource.target', ['GROUP: autoscaling', 'VERSION: v2', ' averageUtilization <integer>']],
    ['gadgets', ['GROUP: example.com', 'KIND: Gadget', 'VERSION: v1', ' Gadget is a thing to play with.', ' spec <Object>', ' What the gadget should be.', ' metadata <ObjectMeta>']],
    ['gadgets.spec', ['FIELD: spec <Object>', ' size <string> -required-', ' enum: small, large', ' How big the gadget is.', ' parts <[]Object>']],
    ['gadgets.spec.parts.name', ['FIELD: name <string>', ' The name of a part.']],
    ['gadgets --recursive', [' size <string> -required-', ' name <string>', ' ownerReferences <[]OwnerReference>']],
  ])('%s', async (what, lines) => {
    const printed = columns((await user.kubectl(`explain ${what}`)).replaceAll('\t', ' '));
    for (const line of lines) expect(printed).toContain(line);
  });

  test.each([
    ['pods.spec.colour', /error: field "colour" does not exist\n$/],
    ['gizmos', /^the server doesn't have a resource type "gizmos"\n$/],
    ['gadgets.spec.weight', /error: field "weight" does not exist\n$/],
    ['pods --api-version=v9', /couldn't find resource for "\/v9, Resource=pods"/],
  ])('%s is refused', async (what, expected) => {
    expect(await user.fails(`explain ${what}`)).toMatch(expected);
  });

  test('every field of every kind that pods are made of is described', async () => {
    const printed = await user.kubectl('explain pods --recursive');
    expect(printed.split('\n').length).toBeGreaterThan(900);
    expect(printed).not.toContain('<no value>');
  });
});

describe('what is served', () => {
  test.each<[string, string[]]>([
    ['api-resources --api-group=batch --no-headers', ['cronjobs cj batch/v1 true CronJob', 'jobs batch/v1 true Job']],
    ['api-resources --api-group=example.com --no-headers -o wide', ['gadgets gd example.com/v1 true Gadget delete,deletecollection,get,list,patch,create,update,watch all,toys']],
    ['api-resources --categories=toys -o name', ['gadgets.example.com']],
    ['api-resources --api-group= --namespaced=false -o name', ['componentstatuses', 'namespaces', 'nodes', 'persistentvolumes']],
    ['api-resources --api-group=apps --verbs=deletecollection -o name --sort-by=kind', ['controllerrevisions.apps', 'daemonsets.apps', 'deployments.apps', 'replicasets.apps', 'statefulsets.apps']],
  ])('kubectl %s', async (command, expected) => {
    expect(columns(await user.kubectl(command))).toEqual(expected);
  });

  test('kubectl api-resources says the same every time', async () => {
    const first = await user.kubectl('api-resources');
    expect(first.split('\n').length).toBeGreaterThan(60);
    expect(await user.kubectl('api-resources')).toBe(first);
    expect(await user.kubectl('api-resources --cached')).toBe(first);
    expect(await user.fails('api-resources --output=table')).toMatch(/^error: unable to match a printer suitable for the output format "table"/);
  });

  test('kubectl api-versions names every group version', async () => {
    const versions = (await user.kubectl('api-versions')).trim().split('\n');
    expect(versions).toEqual(expect.arrayContaining(['apps/v1', 'autoscaling/v2', 'example.com/v1', 'v1']));
    expect(versions).toEqual([...versions].sort());
    expect(await user.fails('api-versions extra')).toMatch(/unexpected arguments/);
  });

  test('a custom resource is known by its names, in its columns and by its subresources', async () => {
    const manifest = 'apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: top}\nspec: {size: small, replicas: 1}\n';
    expect(await user.kubectl('create -f -', { stdin: manifest })).toBe('gadget.example.com/top created\n');
    for (const name of ['gadgets', 'gadget', 'gd', 'gadgets.example.com', 'gadgets.v1.example.com', 'toys']) {
      expect(columns(await user.kubectl(`get ${name}`))).toEqual(['NAME SIZE', 'top small']);
    }
    expect(columns(await user.kubectl('get gd -o wide'))).toEqual(['NAME SIZE COLOR', 'top small blue']);
    expect(await user.kubectl('scale gadget top --replicas=3')).toBe('gadget.example.com/top scaled\n');
    expect(await user.kubectl(`get gadget top -o jsonpath='{.spec.replicas}'`)).toBe('3');
    expect(await user.fails('create -f -', { stdin: manifest.replace('small', 'huge').replace('top', 'other') })).toMatch(
      /^The Gadget "other" is invalid: spec\.size: Unsupported value: "huge": supported values: "small", "large"/,
    );
    expect(await user.fails('create -f -', { stdin: manifest.replace('size', 'sice') })).toMatch(/strict decoding error: unknown field "spec\.sice"/);
    expect(await user.kubectl('describe gadget top')).toMatch(/^Name: +top\nNamespace: +discovering\n(.*\n)*Spec:\n {2}Color: +blue\n {2}Replicas: +3\n {2}Size: +small\n/);
  });

  test('kubectl cluster-info, version and options', async () => {
    expect(await user.kubectl('cluster-info')).toContain(`Kubernetes control plane is running at ${cluster.url}\n`);
    expect(await user.fails('cluster-info --context=none')).toMatch(/context "none" does not exist/);
    expect(JSON.parse(await user.kubectl('version -o json'))).toMatchObject({ serverVersion: { major: '1', minor: '36', gitVersion: expect.stringMatching(/^v1\.36\./) as string } });
    expect(await user.fails('version -o table')).toMatch(/--output must be 'yaml' or 'json'/);
  });

  test('kubectl cluster-info dump writes what there is', async () => {
    await user.kubectl('create configmap dumped');
    await user.kubectl('cluster-info dump --output-directory=dump --namespaces=discovering');
    expect(await user.run('cluster-info dump --output-directory=dump --namespaces=discovering')).toMatchObject({ code: 0, stdout: 'Cluster info dumped to dump\n' });
  });

  test.each([
    ['/version', /"gitVersion": *"v1\.36/],
    ['/livez?verbose', /livez check passed/],
    ['/readyz/ping', /^ok$/],
    ['/openapi/v3', /"apis\/example\.com\/v1":/],
    ['/openapi/v2', /"com\.example\.v1\.Gadget":/],
    ['/apis/example.com/v1', /"name": *"gadgets\/status"/],
    ['/.well-known/openid-configuration', /"issuer":/],
  ])('kubectl get --raw %s', async (path, expected) => {
    expect(await user.kubectl(`get --raw ${path}`)).toMatch(expected);
  });
});

describe('what needs no server', () => {
  test('kubectl config reads and writes the kubeconfig', async () => {
    expect(await user.kubectl('config current-context')).toBe('kubernetes-admin@steersman\n');
    await user.kubectl('config set-context other --cluster=steersman --user=kubernetes-admin --namespace=default');
    expect(await user.kubectl('config get-contexts -o name')).toBe('kubernetes-admin@steersman\nother\n');
    expect(await user.kubectl('get serviceaccounts --context=other -o name')).toBe('');
    await user.kubectl('config delete-context other');
    expect(await user.fails('config use-context other')).toBe('error: no context exists with the name: "other"\n');
    expect(await user.kubectl("config view -o jsonpath='{.contexts[*].context.namespace}'")).toBe('discovering');
  });

  test('kubectl kustomize builds, and apply -k applies', async () => {
    await user.file('base/kustomization.yaml', 'resources: [settings.yaml]\nnamePrefix: my-\ncommonLabels: {team: a}\nconfigMapGenerator: [{name: made, literals: [a=1]}]\n');
    await user.file('base/settings.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n');
    expect(await user.kubectl('kustomize base')).toMatch(/name: my-settings\n/);
    expect(await user.kubectl('apply -k base')).toMatch(/^configmap\/my-made-\w{10} created\nconfigmap\/my-settings created\n$/);
    expect(await user.kubectl('get -k base -o name')).toMatch(/^configmap\/my-made-\w{10}\nconfigmap\/my-settings\n$/);
    expect(await user.kubectl('delete -k base')).toMatch(/deleted/);
    expect(await user.fails('kustomize nowhere')).toMatch(/nowhere/);
  });
});
