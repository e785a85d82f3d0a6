import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcessRequest, readAnswer } from '../../server/http/in-process.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { AdmissionPlugin } from '../../server/admission/admission-plugin.ts';
import { write, type RecordedWrite } from '../../server/admission/admission-request.test-data.ts';
import type { ApiServer } from '../../server/api-server.ts';
import { generateClusterCertificates, servingHosts } from '../../server/certificates/cluster-certificates.ts';
import { openApiServer } from '../../sdk/cluster/api-server-process.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { systemClock } from '../../machinery/clock.ts';

const POLICIES = '/apis/admissionregistration.k8s.io/v1';
const ADMIN = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
/** `configmaps` of a namespace, created and updated. */
const CONFIG_MAPS = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }] };

interface Answer {
  readonly status: number;
  readonly warnings: readonly string[];
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** A server with nothing but its bootstrap objects, spoken to as an administrator. */
class PolicyCluster {
  readonly server: ApiServer;
  #names = 0;

  private constructor(server: ApiServer) {
    this.server = server;
  }

  static async open(): Promise<PolicyCluster> {
    const certificates = generateClusterCertificates(servingHosts(), systemClock.now());
    return new PolicyCluster(await openApiServer({ store: new MemoryStore({ clock: systemClock }), certificates }));
  }

  close(): void {
    this.server.close();
  }

  async send(method: string, path: string, body?: unknown, user: { readonly name: string; readonly groups: readonly string[] } = ADMIN): Promise<Answer> {
    const headers = { accept: 'application/json', 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
    const response = await this.server.handle(new InProcessRequest({ method, path, headers, user, ...(body !== undefined && { body: JSON.stringify(body) }) }));
    const warnings = Object.entries(response.headers ?? {}).filter(([name]) => name.toLowerCase() === 'warning');
    return { status: response.status, warnings: warnings.flatMap(([, value]) => value as string | string[]), body: JSON.parse((await readAnswer(response)).toString()) as unknown };
  }

  async make(path: string, body: unknown): Promise<Answer> {
    const answer = await this.send('POST', path, body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer;
  }

  /** A namespace of its own, which policies can be bound to. */
  async namespace(labels: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = `ns-${++this.#names}`;
    await this.make('/api/v1/namespaces', { metadata: { name, labels } });
    return name;
  }

  createConfigMap(namespace: string, name: string, data: Readonly<Record<string, string>> = {}, metadata: object = {}): Promise<Answer> {
    return this.send('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name, ...metadata }, data });
  }

  /** A policy and a binding of the same name. Returns what takes both away again. */
  async validating(name: string, spec: object, binding: object = {}): Promise<() => Promise<void>> {
    return this.#policy('validating', name, { matchConstraints: CONFIG_MAPS, ...spec }, { validationActions: ['Deny'], ...binding });
  }

  async mutating(name: string, spec: object, binding: object = {}): Promise<() => Promise<void>> {
    return this.#policy('mutating', name, { matchConstraints: CONFIG_MAPS, reinvocationPolicy: 'Never', ...spec }, binding);
  }

  async #policy(kind: 'validating' | 'mutating', name: string, spec: object, binding: object): Promise<() => Promise<void>> {
    await this.make(`${POLICIES}/${kind}admissionpolicies`, { metadata: { name }, spec });
    await this.make(`${POLICIES}/${kind}admissionpolicybindings`, { metadata: { name }, spec: { policyName: name, ...binding } });
    return async () => {
      await this.send('DELETE', `${POLICIES}/${kind}admissionpolicybindings/${name}`);
      await this.send('DELETE', `${POLICIES}/${kind}admissionpolicies/${name}`);
    };
  }
}

const applies = (expression: string): object => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patches = (expression: string): object => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

let cluster: PolicyCluster;
beforeAll(async () => {
  cluster = await PolicyCluster.open();
});
afterAll(() => cluster.close());

const inNamespace = (name: string): object => ({ ...CONFIG_MAPS, namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
const messageOf = ({ body }: Answer): string => (body as { message: string }).message;
/** What follows the introduction that every refusal has. */
const refusalOf = (answer: Answer): string => messageOf(answer).replace(/^.* denied request: /s, '');

describe('validating policies', () => {
  test('are in effect with the next write after they were written, and gone with the next after they went', async () => {
    const namespace = await cluster.namespace();
    const remove = await cluster.validating('next-write', { matchConstraints: inNamespace(namespace), validations: [{ expression: 'false', message: 'never' }] });
    const refused = await cluster.createConfigMap(namespace, 'a');
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      reason: 'Invalid',
      message: 'configmaps "a" is forbidden: ValidatingAdmissionPolicy \'next-write\' with binding \'next-write\' denied request: never',
      details: { name: 'a', kind: 'configmaps', causes: [{ message: "ValidatingAdmissionPolicy 'next-write' with binding 'next-write' denied request: never" }] },
    });
    await cluster.send('PATCH', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/next-write', { spec: { validations: [{ expression: 'false', message: 'changed' }] } });
    expect(refusalOf(await cluster.createConfigMap(namespace, 'a'))).toBe('changed');
    await remove();
    expect((await cluster.createConfigMap(namespace, 'a')).status).toBe(201);
  });

  test.each([
    ['Unauthorized is none', undefined, 422],
    ['Forbidden', 'Forbidden', 403],
    ['RequestEntityTooLarge', 'RequestEntityTooLarge', 413],
  ])('the reason decides the code: %s', async (_title, reason, status) => {
    const namespace = await cluster.namespace();
    const remove = await cluster.validating(`reason-${namespace}`, { matchConstraints: inNamespace(namespace), validations: [{ expression: 'false', reason }] });
    const refused = await cluster.createConfigMap(namespace, 'a');
    expect([refused.status, (refused.body as { reason: string }).reason]).toEqual([status, reason ?? 'Invalid']);
    await remove();
  });

  test.each([
    ["'size ' + string(1)", 'size 1'],
    ["'  trimmed '", 'trimmed'],
    ["'two\\nlines'", 'fixed'],
    ["' '", 'fixed'],
    ['object.data.absent', 'fixed'],
    ["'x'.replace('', 'xxxxxxxxxx') == '' ? '' : [1, 2, 3].map(i, 'abcdefghij'.replace('', 'abcdefghij'.replace('', 'abcdefghij'))).join().replace('a', 'abcdefghij')", 'fixed'],
  ])('the message of %s is %j', async (messageExpression, message) => {
    const namespace = await cluster.namespace();
    const expression = messageExpression.startsWith('object') ? `string(${messageExpression})` : messageExpression;
    const remove = await cluster.validating(`message-${namespace}`, { matchConstraints: inNamespace(namespace), validations: [{ expression: 'false', message: ' fixed ', messageExpression: expression }] });
    expect(refusalOf(await cluster.createConfigMap(namespace, 'a'))).toBe(message);
    await remove();
  });

  test('messages do not ask the authorizer, also not when the policy is written', async () => {
    const answer = await cluster.send('POST', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', {
      metadata: { name: 'asks' },
      spec: { matchConstraints: CONFIG_MAPS, validations: [{ expression: "authorizer.path('/x').check('get').allowed()", messageExpression: "string(authorizer.path('/x').check('get').allowed())" }] },
    });
    expect(answer.status).toBe(422);
    expect(messageOf(answer)).toContain("spec.validations[0].messageExpression: Invalid value: \"string(authorizer.path('/x').check('get').allowed())\": compilation failed: ERROR: <input>:1:8: undeclared reference to 'authorizer'");
  });

  test('Warn warns, and Audit notes the first failure', async () => {
    const namespace = await cluster.namespace();
    const remove = await cluster.validating('warns', { matchConstraints: inNamespace(namespace), validations: [{ expression: 'true' }, { expression: 'false', message: 'one' }, { expression: 'false', message: 'two' }] }, { validationActions: ['Warn', 'Audit'] });
    const answer = await cluster.createConfigMap(namespace, 'a');
    expect(answer.status).toBe(201);
    expect(answer.warnings).toEqual([
      expect.stringContaining("Validation failed for ValidatingAdmissionPolicy 'warns' with binding 'warns': one"),
      expect.stringContaining("Validation failed for ValidatingAdmissionPolicy 'warns' with binding 'warns': two"),
    ]);
    const request = configMapRequest(namespace);
    await pluginOf('ValidatingAdmissionPolicy').validate?.(request);
    expect(request.annotations).toEqual({
      'validation.policy.admission.k8s.io/validation_failure': '[{"message":"one","policy":"warns","binding":"warns","expressionIndex":1,"validationActions":["Warn","Audit"]}]',
    });
    await remove();
  });

  test('audit annotations: each value once, none for null, and a failing one refuses', async () => {
    const namespace = await cluster.namespace();
    const annotations = [{ key: 'who', valueExpression: "' by ' + request.userInfo.username" }, { key: 'none', valueExpression: 'null' }, { key: 'empty', valueExpression: "' '" }];
    const remove = await cluster.validating('notes', { matchConstraints: inNamespace(namespace), auditAnnotations: annotations });
    const request = configMapRequest(namespace);
    await pluginOf('ValidatingAdmissionPolicy').validate?.(request);
    expect(request.annotations).toEqual({ 'notes/who': 'by alice' });
    await remove();
    const away = await cluster.validating('fails', { matchConstraints: inNamespace(namespace), auditAnnotations: [{ key: 'k', valueExpression: 'string(object.data.absent)' }] }, { validationActions: ['Audit'] });
    expect(refusalOf(await cluster.createConfigMap(namespace, 'a'))).toBe("expression 'string(object.data.absent)' resulted in error: no such key: data");
    await away();
  });

  test.each([
    ['a kind that is not served', { apiVersion: 'example.com/v1', kind: 'Absent' }, { name: 'x', parameterNotFoundAction: 'Deny' }, "ValidatingAdmissionPolicy 'NAME' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'example.com/v1, Kind=Absent'"],
    ['nothing of that name', { apiVersion: 'v1', kind: 'Secret' }, { name: 'x', parameterNotFoundAction: 'Deny' }, "ValidatingAdmissionPolicy 'NAME' with binding 'NAME' denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"],
    ['a namespace for what has none', { apiVersion: 'v1', kind: 'Node' }, { name: 'x', namespace: 'y', parameterNotFoundAction: 'Deny' }, "ValidatingAdmissionPolicy 'NAME' with binding 'NAME' denied request: failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped `paramKind`"],
    ['nothing, which is allowed', { apiVersion: 'v1', kind: 'Secret' }, { name: 'x', parameterNotFoundAction: 'Allow' }, undefined],
  ])('parameters: %s', async (_title, paramKind, paramRef, message) => {
    const namespace = await cluster.namespace();
    const name = `params-${namespace}`;
    const remove = await cluster.validating(name, { matchConstraints: inNamespace(namespace), paramKind, validations: [{ expression: 'false' }] }, { paramRef });
    const answer = await cluster.createConfigMap(namespace, 'a');
    expect(answer.status === 201 ? undefined : messageOf(answer)).toBe(message === undefined ? undefined : `configmaps "a" is forbidden: ${message.replaceAll('NAME', name)}`);
    await remove();
  });

  test('namespaced parameters cannot be found for what stands in no namespace', async () => {
    const remove = await cluster.validating(
      'clusterwide',
      { matchConstraints: { resourceRules: [{ apiGroups: ['scheduling.k8s.io'], apiVersions: ['*'], operations: ['CREATE'], resources: ['priorityclasses'] }] }, paramKind: { apiVersion: 'v1', kind: 'Secret' }, validations: [{ expression: 'true' }] },
      { paramRef: { name: 'x', parameterNotFoundAction: 'Allow' } },
    );
    const answer = await cluster.send('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'p' }, value: 1 });
    expect(refusalOf(answer)).toBe('failed to configure binding: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
    await remove();
  });

  test('what cannot be decided refuses, or passes with the failure policy Ignore', async () => {
    const namespace = await cluster.namespace();
    const spec = { matchConstraints: inNamespace(namespace), validations: [{ expression: 'object.data.absent == 1' }] };
    const remove = await cluster.validating('closed', spec);
    expect(refusalOf(await cluster.createConfigMap(namespace, 'a'))).toBe("expression 'object.data.absent == 1' resulted in error: no such key: data");
    await remove();
    const away = await cluster.validating('open', { ...spec, failurePolicy: 'Ignore' });
    expect((await cluster.createConfigMap(namespace, 'a')).status).toBe(201);
    await away();
  });

  test('match conditions that fail are told together, and one that does not hold decides', async () => {
    const namespace = await cluster.namespace();
    const failing = [{ name: 'a', expression: 'object.data.x == 1' }, { name: 'b', expression: 'object.data.y == 1' }];
    const spec = { matchConstraints: inNamespace(namespace), validations: [{ expression: 'false' }] };
    const remove = await cluster.validating('conditions', { ...spec, matchConditions: failing });
    expect(refusalOf(await cluster.createConfigMap(namespace, 'a', { z: '1' }))).toBe(
      "[expression 'object.data.x == 1' resulted in error: no such key: x, expression 'object.data.y == 1' resulted in error: no such key: y]",
    );
    await remove();
    const away = await cluster.validating('decided', { ...spec, matchConditions: [...failing, { name: 'c', expression: 'false' }] });
    expect((await cluster.createConfigMap(namespace, 'a')).status).toBe(201);
    await away();
  });

  test('the budget of a policy ends it', async () => {
    const namespace = await cluster.namespace();
    const costly = 'size([1,2,3,4,5,6,7,8,9,10].map(a, [1,2,3,4,5,6,7,8,9,10].map(b, [1,2,3,4,5,6,7,8,9,10].map(c, [1,2,3,4,5,6,7,8,9,10].map(d, [1,2,3].map(e, a)))))) > 0';
    const remove = await cluster.validating('costly', { matchConstraints: inNamespace(namespace), validations: Array.from({ length: 40 }, () => ({ expression: costly })) });
    expect(refusalOf(await cluster.createConfigMap(namespace, 'a'))).toBe('validation failed due to running out of cost budget, no further validation rules will be run');
    await remove();
  });

  test('deletions have an old object and no new one', async () => {
    const namespace = await cluster.namespace();
    await cluster.createConfigMap(namespace, 'kept', {}, { labels: { keep: 'yes' } });
    const match = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['configmaps'] }], objectSelector: { matchLabels: { keep: 'yes' } } };
    const remove = await cluster.validating('keep', { matchConstraints: match, validations: [{ expression: 'object != null', messageExpression: "'not ' + oldObject.metadata.name" }] });
    expect(refusalOf(await cluster.send('DELETE', `/api/v1/namespaces/${namespace}/configmaps/kept`))).toBe('not kept');
    await remove();
    expect((await cluster.send('DELETE', `/api/v1/namespaces/${namespace}/configmaps/kept`)).status).toBe(200);
  });

  test('a rule for another version sees the object in that version, and Exact does not', async () => {
    const namespace = await cluster.namespace();
    const scaler = { metadata: { name: 'h' }, spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' }, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 42 } } }] } };
    const rules = { resourceRules: [{ apiGroups: ['autoscaling'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['horizontalpodautoscalers'] }] };
    const expression = "object.apiVersion != 'autoscaling/v1' || object.spec.targetCPUUtilizationPercentage != 42 || request.kind.version != 'v1' || request.requestKind.version != 'v2'";
    const remove = await cluster.validating('v1', { matchConstraints: rules, validations: [{ expression, message: 'seen as v1' }] });
    expect(refusalOf(await cluster.send('POST', `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`, scaler))).toBe('seen as v1');
    await remove();
    const away = await cluster.validating('v1-exact', { matchConstraints: { ...rules, matchPolicy: 'Exact' }, validations: [{ expression: 'false' }] });
    expect((await cluster.send('POST', `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`, scaler)).status).toBe(201);
    await away();
  });

  test('a scale is judged as a scale', async () => {
    const namespace = await cluster.namespace();
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const labels = { app: 'a' };
    await cluster.make(deployments, { metadata: { name: 'd' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } } } });
    const rules = { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments/scale'] }] };
    const remove = await cluster.validating('scale', { matchConstraints: rules, validations: [{ expression: "object.kind == 'Scale' && request.kind.kind == 'Scale' && object.spec.replicas <= 5", message: 'at most 5' }] });
    expect(refusalOf(await cluster.send('PATCH', `${deployments}/d/scale`, { spec: { replicas: 6 } }))).toBe('at most 5');
    expect((await cluster.send('PATCH', `${deployments}/d/scale`, { spec: { replicas: 5 } })).status).toBe(200);
    await remove();
  });

  test('namespaces are selected by the labels they are to have, and stand in the cluster', async () => {
    const rules = (scope: string): object => ({ resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['namespaces'], scope }], namespaceSelector: { matchLabels: { guarded: 'yes' } } });
    for (const [scope, status] of [['Cluster', 422], ['Namespaced', 201]] as const) {
      const remove = await cluster.validating(`namespaces-${scope.toLowerCase()}`, { matchConstraints: rules(scope), validations: [{ expression: 'namespaceObject != null' }] });
      expect((await cluster.send('POST', '/api/v1/namespaces', { metadata: { name: `guarded-${scope.toLowerCase()}`, labels: { guarded: 'yes' } } })).status).toBe(status);
      await remove();
    }
  });

  test('nobody is locked out of policies by a policy', async () => {
    const everything = { resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] }] };
    const remove = await cluster.validating('everything', { matchConstraints: everything, validations: [{ expression: 'false' }] });
    expect((await cluster.createConfigMap('default', 'x')).status).toBe(422);
    expect((await cluster.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } })).status).toBe(201);
    await remove();
    expect((await cluster.createConfigMap('default', 'x')).status).toBe(201);
  });

  test('the authorizer answers for the user, and for service accounts', async () => {
    const namespace = await cluster.namespace();
    const expression = "authorizer.requestResource.check('create').allowed() && !authorizer.serviceAccount('default', 'default').requestResource.check('create').allowed()";
    expect((await cluster.send('POST', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', { metadata: { name: 'a' }, spec: { matchConstraints: CONFIG_MAPS, validations: [{ expression }] } })).status).toBe(422);
    const valid = "authorizer.requestResource.check('create').allowed() && !authorizer.serviceAccount('default', 'default').group('').resource('configmaps').namespace(request.namespace).check('create').allowed()";
    const remove = await cluster.validating('asks', { matchConstraints: inNamespace(namespace), validations: [{ expression: `!(${valid})`, message: 'as expected' }] });
    expect(refusalOf(await cluster.createConfigMap(namespace, 'a'))).toBe('as expected');
    await remove();
  });
});

describe('mutating policies', () => {
  test('merge lists by their keys, and add defaults of the type to what they make', async () => {
    const namespace = await cluster.namespace();
    const rules = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['services'] }], namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
    const remove = await cluster.mutating('ports', { matchConstraints: rules, mutations: [applies('Object{spec: Object.spec{ports: [Object.spec.ports{port: 81, name: "b"}]}}')] });
    const answer = await cluster.send('POST', `/api/v1/namespaces/${namespace}/services`, { metadata: { name: 's' }, spec: { ports: [{ port: 80, name: 'a' }] } });
    expect((answer.body as { spec: { ports: unknown } }).spec.ports).toEqual([
      { name: 'a', port: 80, protocol: 'TCP', targetPort: 80 },
      { name: 'b', port: 81, protocol: 'TCP', targetPort: 81 },
    ]);
    await remove();
  });

  test.each([
    [applies('Object{metadata: Object.spec{labels: {"a": "b"}}}'), 'type mismatch: unexpected type name "Object.spec", expected "Object.metadata", which matches field name path from root Object type'],
    [applies('Object{immutable: "yes"}'), 'error applying patch: failed to convert patch object to typed object: .immutable: expected boolean, got &value.valueUnstructured{Value:"yes"}'],
    [applies('Object{data: object.data}'), "expression 'Object{data: object.data}' resulted in error: no such key: data"],
    [patches('[JSONPatch{op: "remove", path: "/data"}]'), "JSON Patch: error in remove for path: '/data': Unable to remove nonexistent key: data: missing value"],
  ])('%j is refused', async (mutation, message) => {
    const namespace = await cluster.namespace();
    const name = `mutation-${namespace}`;
    const remove = await cluster.mutating(name, { matchConstraints: inNamespace(namespace), mutations: [mutation] });
    const answer = await cluster.createConfigMap(namespace, 'a');
    expect(answer.body).toMatchObject({ code: 403, reason: 'Invalid', message: `policy '${name}' with binding '${name}' denied request: ${message}`, details: { name: 'a', kind: 'configmaps' } });
    await remove();
  });

  test('lists that are owned as a whole are not taken away from others', async () => {
    const namespace = await cluster.namespace();
    const rules = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }], namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
    const expression = 'Object{spec: Object.spec{nodeSelector: {"a": "b"}, containers: [Object.spec.containers{name: "c", args: ["x"]}]}}';
    const remove = await cluster.mutating('atomic', { matchConstraints: rules, mutations: [applies(expression)] });
    await cluster.make(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
    const answer = await cluster.send('POST', `/api/v1/namespaces/${namespace}/pods`, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    expect(refusalOf(answer)).toBe('error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.nodeSelector, .spec.containers[name="c"].args');
    await remove();
  });

  test('a patch whose test fails changes nothing', async () => {
    const namespace = await cluster.namespace();
    const remove = await cluster.mutating('tested', { matchConstraints: inNamespace(namespace), mutations: [patches('[JSONPatch{op: "test", path: "/data/a", value: "x"}, JSONPatch{op: "add", path: "/data/b", value: "y"}]')] });
    expect((await cluster.createConfigMap(namespace, 'other', { a: 'z' })).body).toMatchObject({ data: { a: 'z' } });
    expect((await cluster.createConfigMap(namespace, 'same', { a: 'x' })).body).toMatchObject({ data: { a: 'x', b: 'y' } });
    await remove();
  });

  test('failures of several policies are told as causes, the first one as the message', async () => {
    const namespace = await cluster.namespace();
    const spec = { matchConstraints: inNamespace(namespace), mutations: [patches('[JSONPatch{op: "remove", path: "/data"}]')] };
    const removals = [await cluster.mutating('z-fails', spec), await cluster.mutating('a-fails', spec), await cluster.mutating('b-ignored', { ...spec, failurePolicy: 'Ignore' })];
    const { body } = await cluster.createConfigMap(namespace, 'a');
    const causes = (body as { details: { causes: { message: string }[] } }).details.causes.map(({ message }) => message.split(' with ')[0]);
    expect(causes).toEqual(["policy 'a-fails'", "policy 'z-fails'"]);
    for (const remove of removals) await remove();
  });

  test('a kind of parameters that is not served is the fault of the policy', async () => {
    const namespace = await cluster.namespace();
    const spec = { matchConstraints: inNamespace(namespace), paramKind: { apiVersion: 'example.com/v1', kind: 'Absent' }, mutations: [applies('Object{data: {"a": "b"}}')] };
    const remove = await cluster.mutating('unknown-kind', spec);
    const { body } = await cluster.createConfigMap(namespace, 'a');
    expect(body).toMatchObject({ code: 403, reason: 'Forbidden', message: 'policy "unknown-kind" denied request: failed to configure policy: failed to find resource referenced by paramKind: \'example.com/v1, Kind=Absent\'' });
    await remove();
  });

  test('policies run once for each parameter, each on what those before made', async () => {
    const namespace = await cluster.namespace();
    for (const name of ['p1', 'p2']) await cluster.make(`/api/v1/namespaces/${namespace}/limitranges`, { metadata: { name, labels: { params: 'y' } }, spec: { limits: [] } });
    const spec = { matchConstraints: inNamespace(namespace), paramKind: { apiVersion: 'v1', kind: 'LimitRange' }, mutations: [applies('Object{data: {"seen": object.?data[?"seen"].orValue("") + params.metadata.name}}')] };
    const remove = await cluster.mutating('each', spec, { paramRef: { selector: { matchLabels: { params: 'y' } }, parameterNotFoundAction: 'Deny' } });
    expect((await cluster.createConfigMap(namespace, 'a')).body).toMatchObject({ data: { seen: 'p1p2' } });
    await remove();
  });

  test('IfNeeded sees what later policies changed; Never does not', async () => {
    const namespace = await cluster.namespace();
    const note = 'Object{data: {"noted": object.?data[?"later"].orValue("nothing")}}';
    for (const [reinvocationPolicy, noted] of [['Never', 'nothing'], ['IfNeeded', 'here']]) {
      const first = await cluster.mutating('a-notes', { matchConstraints: inNamespace(namespace), reinvocationPolicy, mutations: [applies(note)] });
      const second = await cluster.mutating('b-later', { matchConstraints: inNamespace(namespace), mutations: [applies('Object{data: {"later": "here"}}')] });
      expect((await cluster.createConfigMap(namespace, `c-${noted ?? ''}`)).body).toMatchObject({ data: { later: 'here', noted } });
      await first();
      await second();
    }
  });

  test("a changed pod is looked at again by Kubernetes' own plugins", async () => {
    const namespace = await cluster.namespace();
    await cluster.make(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
    await cluster.make('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'urgent' }, value: 1000 });
    const rules = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }], namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
    const patch = '[JSONPatch{op: "add", path: "/spec/priorityClassName", value: "urgent"}, JSONPatch{op: "remove", path: "/spec/priority"}, JSONPatch{op: "remove", path: "/spec/preemptionPolicy"}]';
    const remove = await cluster.mutating('urgent', { matchConstraints: rules, mutations: [patches(patch)] });
    const answer = await cluster.send('POST', `/api/v1/namespaces/${namespace}/pods`, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    expect(answer.body).toMatchObject({ spec: { priorityClassName: 'urgent', priority: 1000 } });
    await remove();
  });
});

function pluginOf(name: string): AdmissionPlugin {
  const plugin = cluster.server.admission.plugins.find((one) => one.name === name);
  if (!plugin) throw new Error(`no plugin ${name}`);
  return plugin;
}

function configMapRequest(namespace: string): RecordedWrite {
  const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace } };
  return write({ object, namespace, kind: { group: '', version: 'v1', kind: 'ConfigMap' }, resource: { group: '', version: 'v1', resource: 'configmaps' } });
}
