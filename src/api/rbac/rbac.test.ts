import { describe, expect, test } from 'vitest';
import { formatFieldError, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
import { rbacKinds } from './kinds.ts';

const NOW = Date.parse('2024-01-01T00:00:00Z');
const CONTEXT: RuleContext = { nowMs: NOW, userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };
const rulesOf = (plural: string): KindRules => rbacKinds[plural] ?? {};
function made(plural: string, fields: object): KubeObject {
  const object = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: plural, metadata: { name: 'x', creationTimestamp: '2023-12-31T23:00:00Z' }, ...structuredClone(fields) };
  rulesOf(plural).defaults?.(object, 'v1');
  return object;
}
const texts = (findings: FieldError[] | undefined): string[] => (findings ?? []).map(formatFieldError);
const validate = (plural: string, fields: object): string[] => texts(rulesOf(plural).validate?.(made(plural, fields), CONTEXT));
const update = (plural: string, before: object, after: object): string[] => texts(rulesOf(plural).validateUpdate?.(made(plural, after), made(plural, before), CONTEXT));
const NO_VERBS = 'rules[0].verbs: Required value: verbs must contain at least one value';

describe('roles', () => {
  test.each([
    ['roles', { rules: null }, []],
    ['roles', { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }, []],
    ['roles', { rules: [{ verbs: null }] }, [NO_VERBS, 'rules[0].apiGroups: Required value: resource rules must supply at least one api group', 'rules[0].resources: Required value: resource rules must supply at least one resource']],
    ['roles', { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }, ['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs']],
    ['clusterroles', { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }, []],
    ['clusterroles', { rules: [{ nonResourceURLs: ['/x'], resourceNames: ['a'] }] }, [NO_VERBS, 'rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs']],
    ['clusterroles', { aggregationRule: {} }, ['aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil']],
    ['clusterroles', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } }, []],
  ])('%s with %j', (plural, fields, expected) => {
    expect(validate(plural, fields)).toEqual(expected);
  });

  test('aggregate by selectors that compile', () => {
    const findings = validate('clusterroles', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'bad key': 'x' } }] } });
    expect(findings).toHaveLength(2);
    expect(findings[1]).toBe('aggregationRule.clusterRoleSelectors[0]: Invalid value: null: invalid label selector.');
  });

  test('keep label values that were stored before they were judged', () => {
    const bad = { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['not valid'] }] }] } };
    expect(validate('clusterroles', bad)).toHaveLength(2);
    expect(update('clusterroles', bad, bad)).toEqual(Array.from({ length: 2 }, () => 'aggregationRule.clusterRoleSelectors[0]: Invalid value: null: invalid label selector.'));
  });

  test('are judged twice on update, as the causes of the answer show', () => {
    expect(update('roles', {}, { rules: [{ apiGroups: [''], resources: ['pods'] }] })).toEqual([NO_VERBS, NO_VERBS]);
  });

  test('are named by what fits into a path, and created by PUT', () => {
    for (const plural of Object.keys(rbacKinds)) {
      expect(rulesOf(plural).validateName?.('system:mine', false)).toEqual([]);
      expect(rulesOf(plural).validateName?.('..', false)).toEqual(["may not be '..'"]);
      expect(rulesOf(plural).allowCreateOnUpdate).toBe(true);
    }
  });
});

describe('bindings', () => {
  const roleRef = { kind: 'ClusterRole', name: 'view' };

  test('belong to the group of roles where nothing else is said', () => {
    expect(made('rolebindings', { roleRef, subjects: [{ kind: 'User', name: 'u' }, { kind: 'Group', name: 'g' }, { kind: 'ServiceAccount', name: 's' }] })).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io' }, { apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ServiceAccount', name: 's' }],
    });
  });

  test.each([
    ['rolebindings', { roleRef }, []],
    ['rolebindings', {}, ['roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"', 'roleRef.name: Required value']],
    ['rolebindings', { roleRef: { ...roleRef, apiGroup: 'other' } }, ['roleRef.apiGroup: Unsupported value: "other": supported values: "rbac.authorization.k8s.io"']],
    ['rolebindings', { roleRef: { ...roleRef, name: 'a/b' } }, [`roleRef.name: Invalid value: "a/b": may not contain '/'`]],
    ['clusterrolebindings', { roleRef: { kind: 'Role', name: 'r' } }, ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"']],
    ['rolebindings', { roleRef, subjects: [{ kind: 'ServiceAccount', name: 's' }] }, []],
    ['clusterrolebindings', { roleRef, subjects: [{ kind: 'ServiceAccount', name: 's' }] }, ['subjects[0].namespace: Required value']],
    ['rolebindings', { roleRef, subjects: [{ kind: 'ServiceAccount', name: 's', apiGroup: 'x' }] }, ['subjects[0].apiGroup: Unsupported value: "x": supported values: ""']],
    ['rolebindings', { roleRef, subjects: [{ kind: 'User', name: '', apiGroup: 'x' }] }, ['subjects[0].name: Required value', 'subjects[0].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"']],
    ['rolebindings', { roleRef, subjects: [{ kind: 'Robot', name: 'r' }] }, ['subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"']],
  ])('%s with %j', (plural, fields, expected) => {
    expect(validate(plural, fields)).toEqual(expected);
  });

  test('bind one role for good', () => {
    expect(update('rolebindings', { roleRef }, { roleRef: { ...roleRef, name: 'edit' } })).toEqual([
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef',
    ]);
    expect(update('rolebindings', { roleRef }, { roleRef, subjects: [{ kind: 'User', name: 'u' }] })).toEqual([]);
  });

  test('show whom they bind by kind', () => {
    const subjects = [{ kind: 'User', name: 'u' }, { kind: 'User', name: 'v' }, { kind: 'Group', name: 'g' }, { kind: 'ServiceAccount', name: 's', namespace: 'n' }];
    expect(rulesOf('rolebindings').cells?.(made('rolebindings', { roleRef, subjects }), { nowMs: NOW })).toEqual(['x', 'ClusterRole/view', '60m', 'u, v', 'g', 'n/s']);
  });
});
