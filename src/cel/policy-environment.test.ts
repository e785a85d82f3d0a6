import { describe, expect, test } from 'vitest';
import { LIMITS } from './kubernetes-environment.ts';
import type { AuthorizationQuery } from './libraries/authorizer.ts';
import { readApplyConfiguration, readJsonPatch } from './mutation-types.ts';
import { PolicyEnvironments, RETURNS } from './policy-environment.ts';
import type { PolicyInput } from './policy-environment.ts';
import { evaluateMatchConditions } from './policy-run.ts';
import type { CelType, CelValue } from './values.ts';
import { showValue } from './evaluation-support.ts';
import { namespaceJson } from './admission-types.ts';

const environments = new PolicyEnvironments();
const asked: AuthorizationQuery[] = [];
const input: PolicyInput = {
  object: { metadata: { name: 'a' }, data: { mode: 'good' }, spec: { replicas: 3 } },
  oldObject: null,
  request: { operation: 'CREATE', namespace: 'ns', userInfo: { username: 'alice', groups: ['devs'], extra: { 'example.com/k': ['v'] } }, kind: { group: '', version: 'v1', kind: 'ConfigMap' }, options: { fieldManager: 'm' } },
  namespaceObject: namespaceJson({ metadata: { name: 'ns', uid: 'u-1', labels: { team: 'x' }, creationTimestamp: '2024-01-01T00:00:00Z' }, status: { phase: 'Active' } }),
  authorizer: { check: (query) => (asked.push(query), query.verb === 'delete' ? { allowed: false, reason: 'no' } : { allowed: true, reason: '' }) },
  requestResource: { group: 'apps', resource: 'deployments', subresource: '', namespace: 'ns', name: 'a' },
};

function evaluate(expression: string, variables: Readonly<Record<string, string>> = {}): string {
  const compiler = environments.compiler({ params: true });
  for (const [name, text] of Object.entries(variables)) {
    const problem = compiler.addVariable(name, text);
    if (problem !== undefined) return problem;
  }
  const { program, error } = compiler.compile(expression);
  if (program === undefined) return error;
  const result = compiler.start(input).evaluate(program);
  return result.error ?? showValue(result.value as CelValue);
}

describe('expressions of policies', () => {
  test.each([
    ["object.data.mode == 'good' && oldObject == null", 'true'],
    ['object.spec.replicas + 1', '4'],
    ["request.userInfo.username + '/' + request.namespace + '/' + request.kind.kind", '"alice/ns/ConfigMap"'],
    ["request.userInfo.extra['example.com/k'][0]", '"v"'],
    ['request.options.fieldManager', '"m"'],
    ["namespaceObject.metadata.labels['team'] == 'x' && namespaceObject.metadata.UID == 'u-1'", 'true'],
    ["namespaceObject.metadata.creationTimestamp < timestamp('2025-01-01T00:00:00Z')", 'true'],
    ['params == null', 'true'],
    ["authorizer.group('apps').resource('deployments').namespace('ns').check('get').allowed()", 'true'],
    ["authorizer.requestResource.check('delete').reason()", '"no"'],
    ["authorizer.serviceAccount('ns', 'default').path('/healthz').check('get').errored()", 'false'],
    ['object.data.missing', "expression 'object.data.missing' resulted in error: no such key: missing"],
    ['request.missing', "compilation failed: ERROR: <input>:1:8: undefined field 'missing'\n | request.missing\n | .......^"],
  ])('%s: %s', (expression, expected) => {
    expect(evaluate(expression)).toBe(expected);
  });

  test('the authorizer is asked what the expression says', () => {
    asked.length = 0;
    evaluate("authorizer.group('g').resource('r').subresource('s').namespace('n').name('x').labelSelector('a=b').check('list').allowed()");
    evaluate("authorizer.serviceAccount('ns', 'sa').path('/p').check('get').allowed()");
    expect(asked).toEqual([
      { verb: 'list', group: 'g', resource: 'r', subresource: 's', namespace: 'n', name: 'x', labelSelector: 'a=b' },
      { verb: 'get', group: '', resource: '', subresource: '', namespace: '', name: '', path: '/p', serviceAccount: { namespace: 'ns', name: 'sa' } },
    ]);
  });

  test('variables use those before them, and are evaluated once', () => {
    asked.length = 0;
    const check = "authorizer.path('/x').check('get').allowed()";
    expect(evaluate('variables.b && variables.b && variables.a', { a: check, b: 'variables.a' })).toBe('true');
    expect(asked).toHaveLength(1);
    expect(evaluate('variables.b', { a: 'variables.b' })).toBe("compilation failed: ERROR: <input>:1:10: undefined field 'b'\n | variables.b\n | .........^");
    expect(evaluate('variables.n + 1', { n: "'text'" })).toContain("found no matching overload for '_+_' applied to '(string, int)'");
    expect(evaluate('variables.a', { a: 'object.missing' })).toBe(`expression 'variables.a' resulted in error: composited variable "a" fails to evaluate: no such key: missing`);
  });

  test('params are declared only where the policy has them', () => {
    expect(environments.compiler({ params: false }).compile('params.x == 1').error).toBe("compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.x == 1\n | ^");
  });

  test.each<[string, readonly CelType[], string]>([
    ['object.metadata.name', RETURNS.validation, 'must evaluate to bool but got dyn'],
    ['1 + 1', RETURNS.message, 'must evaluate to string but got int'],
    ['1', RETURNS.auditAnnotation, 'must evaluate to one of [string null_type] but got int'],
    ['{"metadata": {}}', RETURNS.applyConfiguration, 'must evaluate to Object but got map(string, map(dyn, dyn))'],
    ['[1]', RETURNS.jsonPatch, 'must evaluate to list(JSONPatch) but got list(int)'],
    ['JSONPatch{op: "add", path: "/x"}', RETURNS.jsonPatch, 'must evaluate to list(JSONPatch) but got JSONPatch'],
  ])('%s: %s', (expression, returns, expected) => {
    expect(environments.compiler({ params: false, mutations: true }).compile(expression, { returns }).error?.replace('[string null_type] but got int', '[string null_type] but got int')).toBe(expected);
  });
});

describe('mutations', () => {
  const mutate = (expression: string): CelValue => {
    const compiler = environments.compiler({ params: false, mutations: true });
    const { program, error } = compiler.compile(expression);
    if (program === undefined) throw new Error(error);
    const result = compiler.start(input).evaluate(program);
    if (result.error !== undefined) throw new Error(result.error);
    return result.value;
  };
  test('apply configurations become JSON', () => {
    expect(readApplyConfiguration(mutate('Object{metadata: Object.metadata{labels: {"a": object.data.mode}}, spec: Object.spec{n: 1, d: 2.5, list: [Object.spec.list{x: object.spec}], t: timestamp("2024-01-01T00:00:00Z"), gone: null}}'))).toEqual({
      metadata: { labels: { a: 'good' } },
      spec: { n: 1, d: 2.5, list: [{ x: { replicas: 3 } }], t: '2024-01-01T00:00:00Z', gone: null },
    });
    expect(readApplyConfiguration(mutate('Object{?spec: object.?missing, data: {"a": "b"}}'))).toEqual({ data: { a: 'b' } });
    expect(() => readApplyConfiguration(mutate('Object{spec: Object.status{}}'))).toThrow(
      expect.objectContaining({ message: 'unexpected type name "Object.status", expected "Object.spec", which matches field name path from root Object type' }),
    );
  });
  test('JSON patches become operations', () => {
    expect(readJsonPatch(mutate('[JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("a/b~c"), value: {"k": [1]}}, JSONPatch{op: "move", from: "/a", path: "/b"}, JSONPatch{op: "replace", path: "/x", value: null}]'))).toEqual([
      { op: 'add', path: '/data/a~1b~0c', value: { k: [1] } },
      { op: 'move', from: '/a', path: '/b' },
      { op: 'replace', path: '/x', value: null },
    ]);
  });
  test('keys cannot reach the prototype', () => {
    const made = readApplyConfiguration(mutate('Object{__proto__: Object.__proto__{polluted: true}}')) as object;
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect(Object.keys(made)).toEqual(['__proto__']);
  });
});

describe('match conditions', () => {
  const compiler = environments.compiler({ params: false });
  const verdict = (expressions: readonly string[], budget: number = LIMITS.matchConditions): unknown => {
    const conditions = expressions.map((expression, i) => {
      const { program } = compiler.compile(expression, { returns: RETURNS.matchCondition });
      if (program === undefined) throw new Error(expression);
      return { name: `c${i}`, program };
    });
    return evaluateMatchConditions(compiler.start(input, budget), conditions);
  };
  test.each<[string[], unknown]>([
    [[], { matches: true }],
    [['true', 'true'], { matches: true }],
    [['true', 'false', 'true'], { matches: false, failedCondition: 'c1' }],
    [["object.nope == ''", 'false'], { matches: false, failedCondition: 'c1' }],
    [["object.nope == ''", 'true'], { errors: ["expression 'object.nope == ''' resulted in error: no such key: nope"] }],
  ])('%j: %j', (expressions, expected) => {
    expect(verdict(expressions)).toEqual(expected);
  });
  test('they share a budget', () => {
    expect(verdict(["object.data.mode == 'x' || true", 'true'], 2)).toEqual({ errors: Array.from({ length: 2 }, () => 'validation failed due to running out of cost budget, no further validation rules will be run') });
  });
});
