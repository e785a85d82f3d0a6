import { describe, expect, test } from 'vitest';
import { formatFieldError, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
import type { ExpressionChecker } from './expressions.ts';
import { admissionregistrationKinds, makeAdmissionregistrationKinds } from './kinds.ts';

const CONTEXT: RuleContext = { nowMs: Date.parse('2024-01-01T00:00:00Z'), userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };
type Kinds = Readonly<Record<string, KindRules>>;
function made(plural: string, fields: object): KubeObject {
  const object = { apiVersion: 'admissionregistration.k8s.io/v1', kind: plural, metadata: { name: 'x', creationTimestamp: '2023-12-31T23:00:00Z' }, ...structuredClone(fields) };
  admissionregistrationKinds[plural]?.defaults?.(object, 'v1');
  return object;
}
const texts = (findings: FieldError[] | undefined): string[] => (findings ?? []).map(formatFieldError);
const validate = (plural: string, fields: object, kinds: Kinds = admissionregistrationKinds): string[] => texts(kinds[plural]?.validate?.(made(plural, fields), CONTEXT));
const update = (plural: string, before: object, after: object, kinds: Kinds = admissionregistrationKinds): string[] =>
  texts(kinds[plural]?.validateUpdate?.(made(plural, after), made(plural, before), CONTEXT));
const row = (plural: string, fields: object): unknown[] => admissionregistrationKinds[plural]?.cells?.(made(plural, fields), CONTEXT) ?? [];

const RULE = { operations: ['CREATE'], apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['things'] };
const HOOK = { name: 'hook.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { service: { namespace: 'ns', name: 'svc' } }, rules: [RULE] };

describe('webhooks', () => {
  const hooks = (...fields: object[]): object => ({ webhooks: fields.map((more) => ({ ...HOOK, ...more })) });
  const [VALIDATING, MUTATING] = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'];

  test('have defaults', () => {
    const defaulted = {
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
      clientConfig: { service: { namespace: 'ns', name: 'svc', port: 443 } },
      rules: [{ ...RULE, scope: '*' }],
    };
    expect(made(VALIDATING, hooks({}))['webhooks']).toEqual([{ ...HOOK, ...defaulted }]);
    expect(made(MUTATING, hooks({}))['webhooks']).toEqual([{ ...HOOK, ...defaulted, reinvocationPolicy: 'Never' }]);
  });

  test.each([
    [{}, []],
    [{ name: '' }, ['webhooks[0].name: Required value']],
    [{ name: 'a.b' }, ['webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots']],
    [{ failurePolicy: 'Retry' }, ['webhooks[0].failurePolicy: Unsupported value: "Retry": supported values: "Fail", "Ignore"']],
    [{ sideEffects: undefined }, ['webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun']],
    [{ sideEffects: 'Some' }, ['webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"']],
    [{ timeoutSeconds: 31 }, ['webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds']],
    [{ admissionReviewVersions: null }, ['webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1']],
    [{ admissionReviewVersions: ['v2', 'v2'] }, ['webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version', 'webhooks[0].admissionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1']],
    [{ rules: [{ ...RULE, operations: ['*', 'CREATE'] }] }, [`webhooks[0].rules[0].operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`]],
    [{ rules: [{ ...RULE, operations: ['READ'] }] }, ['webhooks[0].rules[0].operations[0]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"']],
    [{ rules: [{ ...RULE, resources: ['*', 'things'] }] }, [`webhooks[0].rules[0].resources: Invalid value: ["*","things"]: if '*' is present, must not specify other resources without subresources`]],
    [{ rules: [{ ...RULE, resources: ['a/*', 'a/status', '*/scale', 'b/scale'] }] }, [`webhooks[0].rules[0].resources[1]: Invalid value: "a/status": if 'a/*' is present, must not specify a/status`, `webhooks[0].rules[0].resources[3]: Invalid value: "b/scale": if '*/scale' is present, must not specify b/scale`]],
    [{ rules: [{ ...RULE, scope: 'Galaxy' }] }, ['webhooks[0].rules[0].scope: Unsupported value: "Galaxy": supported values: "*", "Cluster", "Namespaced"']],
    [{ matchConditions: [{ name: '', expression: ' ' }] }, ['webhooks[0].matchConditions[0].expression: Required value', 'webhooks[0].matchConditions[0].name: Required value']],
    [{ matchConditions: [{ name: 'a', expression: 'true' }, { name: 'a', expression: 'true' }] }, ['webhooks[0].matchConditions[1].name: Duplicate value: "a"']],
  ])('with %j', (fields, expected) => {
    expect(validate(VALIDATING, hooks(fields))).toEqual(expected);
    expect(validate(MUTATING, hooks(fields))).toEqual(expected);
  });

  const FORM = 'desired format: https://host[/path]';
  test.each([
    ['https://hooks.example.com:9443/x', []],
    ['http://a.example.com', [`"http": 'https' is the only allowed URL scheme; ${FORM}`]],
    ['https://', [`"": host must be specified; ${FORM}`]],
    ['https://u:p@a/x?y=z#f', ['"u:p": user information is not permitted in the URL', '"f": fragments are not permitted in the URL', '"y=z": query parameters are not permitted in the URL']],
    ['a.example.com/x', [`"": 'https' is the only allowed URL scheme; ${FORM}`, `"": host must be specified; ${FORM}`]],
  ])('are called at %s', (url, expected) => {
    expect(validate(VALIDATING, hooks({ clientConfig: { url } }))).toEqual(expected.map((text) => `webhooks[0].clientConfig.url: Invalid value: ${text}`));
  });

  test('are not called at what is no URL', () => {
    expect(validate(VALIDATING, hooks({ clientConfig: { url: 'https://a/%zz' } }))).toEqual([
      `webhooks[0].clientConfig.url: Required value: url must be a valid URL: parse "https://a/%zz": invalid URL escape "%zz"; ${FORM}`,
    ]);
  });

  test.each([
    [{}, ['clientConfig: Required value: exactly one of url or service is required']],
    [{ url: 'https://a', service: { name: 's', namespace: 'n' } }, ['clientConfig: Required value: exactly one of url or service is required']],
    [{ service: { name: '', namespace: '', port: 0 } }, ['clientConfig.service.name: Required value', 'clientConfig.service.namespace: Required value', 'clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive']],
    [{ service: { name: 's', namespace: 'n', path: 'no/slash' } }, [`clientConfig.service.path: Invalid value: "no/slash": must start with a '/'`]],
    [{ service: { name: 's', namespace: 'n', path: '//a' } }, ['clientConfig.service.path: Invalid value: "//a": segment[0] may not be empty']],
    [{ service: { name: 's', namespace: 'n', path: '/a/b/' } }, []],
  ])('by %j', (clientConfig, expected) => {
    expect(validate(VALIDATING, hooks({ clientConfig }))).toEqual(expected.map((text) => `webhooks[0].${text}`));
  });

  test('have names of their own, and need not mend on update what was so before', () => {
    expect(validate(VALIDATING, hooks({}, {}))).toEqual(['webhooks[1].name: Duplicate value: "hook.example.com"']);
    const old = hooks({ sideEffects: 'Some', admissionReviewVersions: ['v9'], matchConditions: [{ name: '', expression: '' }] }, {});
    expect(update(VALIDATING, old, old)).toEqual([]);
    expect(update(VALIDATING, hooks({}), old)).not.toEqual([]);
  });

  test('are counted in tables', () => {
    expect(row(VALIDATING, hooks({}, {}))).toEqual(['x', 2, '60m']);
    expect(row(MUTATING, {})).toEqual(['x', 0, '60m']);
  });
});

describe('policies', () => {
  const [VALIDATING, MUTATING] = ['validatingadmissionpolicies', 'mutatingadmissionpolicies'];
  const match = { matchConstraints: { resourceRules: [RULE] } };
  const validating = (fields: object): object => ({ spec: { ...match, validations: [{ expression: 'true' }], ...fields } });
  const patch = { patchType: 'JSONPatch', jsonPatch: { expression: '[]' } };
  const mutating = (fields: object): object => ({ spec: { ...match, mutations: [patch], reinvocationPolicy: 'Never', ...fields } });
  const NOTHING = 'Required value: validations or auditAnnotations must contain at least one item';

  test('fail closed and match equivalent requests unless told otherwise', () => {
    expect(made(VALIDATING, validating({}))['spec']).toMatchObject({
      failurePolicy: 'Fail',
      matchConstraints: { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, resourceRules: [{ scope: '*' }] },
    });
  });

  test.each([
    [{}, []],
    [{ validations: [] }, [`spec.validations: ${NOTHING}`, `spec.auditAnnotations: ${NOTHING}`]],
    [{ matchConstraints: undefined }, ['spec.matchConstraints: Required value']],
    [{ matchConstraints: {} }, ['spec.matchConstraints.resourceRules: Required value']],
    [{ failurePolicy: 'Retry' }, ['spec.failurePolicy: Unsupported value: "Retry": supported values: "Fail", "Ignore"']],
    [{ paramKind: { apiVersion: 'a/b/c', kind: 'Kind' } }, ['spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c']],
    [{ paramKind: {} }, ['spec.paramKind.apiVersion: Required value', 'spec.paramKind.kind: Required value']],
    [{ variables: [{ name: 'a-b', expression: '1' }] }, ['spec.variables[0].name: Invalid value: "a-b": must be a valid CEL identifier']],
    [{ variables: [{ name: '', expression: '' }] }, ['spec.variables[0].name: Required value: name is not specified', 'spec.variables[0].expression: Required value: expression is not specified']],
    [{ validations: [{ expression: ' ', message: 'a\nb', reason: 'Odd' }] }, ['spec.validations[0].expression: Required value: expression is not specified', 'spec.validations[0].message: Invalid value: "a\\nb": must not contain line breaks', 'spec.validations[0].reason: Unsupported value: "Odd": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"']],
    [{ validations: [{ expression: 'true', message: ' ', messageExpression: ' ' }] }, ['spec.validations[0].messageExpression: Invalid value: " ": must be non-empty if specified', 'spec.validations[0].message: Invalid value: " ": must be non-empty if specified']],
    [{ auditAnnotations: [{ key: 'k', valueExpression: '' }, { key: 'k', valueExpression: "'x'" }] }, ['spec.auditAnnotations[0].valueExpression: Required value: valueExpression is not specified', 'spec.auditAnnotations[1].key: Duplicate value: "k"']],
    [{ matchConstraints: { resourceRules: [{ ...RULE, resourceNames: ['a', 'a', '..'] }] } }, ['spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"', `spec.matchConstraints.resourceRules[0].resourceNames[2]: Invalid value: "..": may not be '..'`]],
  ])('that validate, with %j', (fields, expected) => {
    expect(validate(VALIDATING, validating(fields))).toEqual(expected);
  });

  test.each([
    [{}, []],
    [{ mutations: [] }, ['spec.mutations: Required value: mutations must contain at least one item']],
    [{ reinvocationPolicy: undefined }, ['spec.reinvocationPolicy: Required value']],
    [{ reinvocationPolicy: 'Sometimes' }, ['spec.reinvocationPolicy: Unsupported value: "Sometimes": supported values: "IfNeeded", "Never"']],
    [{ mutations: [{ patchType: 'Other' }] }, ['spec.mutations[0].patchType: Unsupported value: "Other": supported values: "ApplyConfiguration", "JSONPatch"']],
    [{ mutations: [{ patchType: 'JSONPatch' }] }, ['spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch']],
    [{ mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: '' } }] }, ['spec.mutations[0].applyConfiguration.expression: Required value']],
    [{ matchConstraints: { resourceRules: [{ ...RULE, operations: ['DELETE'] }] } }, ['spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"']],
  ])('that mutate, with %j', (fields, expected) => {
    expect(validate(MUTATING, mutating(fields))).toEqual(expected);
  });

  test('have a bounded number of annotations and conditions', () => {
    const auditAnnotations = Array.from({ length: 21 }, (_, i) => ({ key: `k${i}`, valueExpression: "'x'" }));
    const matchConditions = Array.from({ length: 65 }, (_, i) => ({ name: `c${i}`, expression: 'true' }));
    expect(validate(VALIDATING, validating({ auditAnnotations, matchConditions }))).toEqual([
      'spec.matchConditions: Too many: 65: must have at most 64 items',
      'spec.auditAnnotations: Too many: 21: must have at most 20 items',
    ]);
  });

  test('have their expressions checked by whom the server names, in order, with what is declared', () => {
    const seen: string[] = [];
    const checker: ExpressionChecker = {
      begin({ hasParams }) {
        const variables: string[] = [];
        return {
          addVariable: (name) => void variables.push(name),
          check(expression, { type, hasAuthorizer }) {
            seen.push(`${expression} ${type} ${hasParams} ${hasAuthorizer} [${variables.join()}]`);
            return expression === 'bad' ? 'compilation failed: no' : undefined;
          },
        };
      },
    };
    const kinds = makeAdmissionregistrationKinds(checker);
    const spec = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, matchConditions: [{ name: 'a', expression: ' m ' }], variables: [{ name: 'v', expression: '1' }] };
    const findings = validate(VALIDATING, validating({ ...spec, validations: [{ expression: 'bad', messageExpression: 'x' }], auditAnnotations: [{ key: 'k', valueExpression: 'y' }] }), kinds);
    expect(findings).toEqual(['spec.validations[0].expression: Invalid value: "bad": compilation failed: no']);
    expect(seen).toEqual(['m bool true true []', 'bad bool true true [v]', 'x string true false [v]', 'y string or null true true [v]']);
    seen.length = 0;
    validate(MUTATING, mutating({ mutations: [patch, { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'o' } }] }), kinds);
    expect(seen).toEqual(['[] list(JSONPatch) false true []', 'o Object false true []']);
    seen.length = 0;
    update(VALIDATING, validating(spec), validating({ ...spec, failurePolicy: 'Ignore' }), kinds);
    expect(seen).toEqual(['true bool true true [v]']);
  });

  test('have warnings written by the type checker', () => {
    const object = { ...made(VALIDATING, validating({})), status: { typeChecking: { expressionWarnings: [{ fieldRef: 'spec.validations[0].expression', warning: 'w' }, { fieldRef: '', warning: '' }] } } };
    expect(texts(admissionregistrationKinds[VALIDATING]?.status?.validateUpdate?.(object, object, CONTEXT))).toEqual([
      'status.typeChecking.expressionWarnings[1].warning: Required value',
      'status.typeChecking.expressionWarnings[1].fieldRef: Required value',
    ]);
  });

  test('show what they do and by which parameters', () => {
    expect(row(VALIDATING, validating({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }))).toEqual(['x', 1, 'v1/ConfigMap', '60m']);
    expect(row(MUTATING, mutating({}))).toEqual(['x', 1, '<unset>', '60m']);
  });
});

describe('bindings', () => {
  const [VALIDATING, MUTATING] = ['validatingadmissionpolicybindings', 'mutatingadmissionpolicybindings'];
  const EXCLUSIVE = 'Forbidden: name and selector are mutually exclusive';

  test.each([
    [{ policyName: 'p' }, []],
    [{ policyName: '' }, ['spec.policyName: Required value']],
    [{ policyName: 'p', paramRef: { parameterNotFoundAction: 'Deny' } }, ['spec.paramRef: Required value: one of name or selector must be specified']],
    [{ policyName: 'p', paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } }, [`spec.paramRef.name: ${EXCLUSIVE}`, `spec.paramRef.selector: ${EXCLUSIVE}`]],
    [{ policyName: 'p', paramRef: { name: 'a' } }, ['spec.paramRef.parameterNotFoundAction: Required value']],
    [{ policyName: 'p', paramRef: { name: 'a', parameterNotFoundAction: 'Shrug' } }, ['spec.paramRef.parameterNotFoundAction: Unsupported value: "Shrug": supported values: "Deny", "Allow"']],
    [{ policyName: 'p', matchResources: { matchPolicy: 'Loose' } }, ['spec.matchResources.matchPolicy: Unsupported value: "Loose": supported values: "Equivalent", "Exact"']],
  ])('with %j', (spec, expected) => {
    expect(validate(MUTATING, { spec })).toEqual(expected);
    expect(validate(VALIDATING, { spec: { ...spec, validationActions: ['Deny'] } })).toEqual(expected);
  });

  test.each([
    [['Warn', 'Audit'], []],
    [null, ['spec.validationActions: Required value']],
    [['Deny', 'Deny'], ['spec.validationActions[1]: Duplicate value: "Deny"']],
    [['Shout'], ['spec.validationActions[0]: Unsupported value: "Shout": supported values: "Audit", "Deny", "Warn"']],
    [['Deny', 'Warn'], ['spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)']],
  ])('that validate act by %j', (validationActions, expected) => {
    expect(validate(VALIDATING, { spec: { policyName: 'p', validationActions } })).toEqual(expected);
  });

  test.each([
    [undefined, '<unset>'],
    [{ name: 'p', namespace: 'q' }, 'q/p'],
    [{ name: 'p' }, 'p'],
    [{ selector: { matchLabels: { a: 'b' } } }, '&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}'],
    [
      { selector: { matchExpressions: [{ key: 'k', operator: 'In', values: ['a', 'b'] }] } },
      '&LabelSelector{MatchLabels:map[string]string{},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:k,Operator:In,Values:[a b],},},}',
    ],
  ])('show the parameter %j', (paramRef, cell) => {
    expect(row(MUTATING, { spec: { policyName: 'p', paramRef } })).toEqual(['x', 'p', cell, '60m']);
  });
});
