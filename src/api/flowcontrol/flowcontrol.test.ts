import { describe, expect, test } from 'vitest';
import { formatFieldError, type FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
import { flowcontrolKinds } from './kinds.ts';
import { MANDATORY_FLOW_SCHEMAS, MANDATORY_PRIORITY_LEVELS } from './mandatory.ts';

const NOW = Date.parse('2024-01-01T00:00:00Z');
const CONTEXT: RuleContext = { nowMs: NOW, userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };
const rulesOf = (plural: string): KindRules => flowcontrolKinds[plural] ?? {};
function made(plural: string, spec: object, more: object = {}): KubeObject {
  const object = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: plural, metadata: { name: 'x', creationTimestamp: '2023-12-31T23:00:00Z' }, spec: structuredClone(spec), ...more };
  rulesOf(plural).defaults?.(object, 'v1');
  return object;
}
const texts = (findings: FieldError[] | undefined): string[] => (findings ?? []).map(formatFieldError);
const validate = (plural: string, spec: object, more: object = {}): string[] => texts(rulesOf(plural).validate?.(made(plural, spec, more), CONTEXT));

describe('flow schemas', () => {
  const level = { priorityLevelConfiguration: { name: 'global-default' } };
  const user = { kind: 'User', user: { name: 'u' } };
  const pods = { verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] };
  const rule = (fields: object): object => ({ ...level, rules: [{ subjects: [user], resourceRules: [pods], ...fields }] });

  test('come after most others unless told otherwise', () => {
    expect(made('flowschemas', { ...level, matchingPrecedence: 0 })['spec']).toEqual({ ...level, matchingPrecedence: 1000 });
  });

  test.each([
    [level, []],
    [{}, ['spec.priorityLevelConfiguration.name: Required value: must reference a priority level']],
    [{ ...level, matchingPrecedence: -1 }, ['spec.matchingPrecedence: Invalid value: -1: must be a positive value']],
    [{ ...level, matchingPrecedence: 10_001 }, ['spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000']],
    [{ ...level, matchingPrecedence: 1 }, [`spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1`]],
    [{ ...level, distinguisherMethod: { type: 'ByMood' } }, ['spec.distinguisherMethod.type: Unsupported value: {"Type":"ByMood"}: supported values: "ByNamespace", "ByUser"']],
    [rule({ subjects: null }), ['spec.rules[0].subjects: Required value: subjects must contain at least one value']],
    [rule({ resourceRules: [] }), ['spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty']],
    [rule({ resourceRules: [{ ...pods, verbs: ['fly'] }] }), ['spec.rules[0].resourceRules[0].verbs: Unsupported value: ["fly"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"']],
    [rule({ resourceRules: [{ ...pods, verbs: ['*', 'get'] }] }), [`spec.rules[0].resourceRules[0].verbs: Invalid value: ["*","get"]: if '*' is present, must not specify other verbs`]],
    [rule({ resourceRules: [{ ...pods, namespaces: [] }] }), ['spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace']],
    [rule({ resourceRules: [{ ...pods, namespaces: [], clusterScope: true }] }), []],
    [rule({ subjects: [{ kind: 'Robot' }] }), ['spec.rules[0].subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"']],
    [rule({ subjects: [{ kind: 'Group' }] }), [`spec.rules[0].subjects[0].group: Required value: group is required when subject kind is 'Group'`]],
    [rule({ subjects: [{ ...user, group: { name: 'g' } }] }), [`spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'`]],
    [rule({ subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: '' } }] }), ['spec.rules[0].subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account']],
  ])('with %j', (spec, expected) => {
    expect(validate('flowschemas', spec)).toEqual(expected);
  });

  test.each([
    ['/', undefined],
    ['/healthz', undefined],
    ['/a/*', undefined],
    ['', 'must not be empty'],
    ['healthz', 'must start with slash'],
    ['/a b', 'must not contain white-space'],
    ['/a//b', 'must not contain double slash'],
    ['/a*', 'wildcard can only do suffix matching'],
    ['/*/b/*', 'wildcard can only do suffix matching'],
  ])('may be about the URL %j: %s', (url, text) => {
    const path = 'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]';
    expect(validate('flowschemas', rule({ resourceRules: [], nonResourceRules: [{ verbs: ['get'], nonResourceURLs: [url] }] }))).toEqual(
      text === undefined ? [] : [`${path}: Invalid value: ${JSON.stringify(url)}: ${text}`],
    );
  });

  test('that every server needs are what they are', () => {
    for (const [name, spec] of MANDATORY_FLOW_SCHEMAS) {
      expect(validate('flowschemas', spec, { metadata: { name } })).toEqual([]);
      expect(validate('flowschemas', { ...spec, matchingPrecedence: 7 }, { metadata: { name } })[0]).toMatch(
        /^spec: Invalid value: \{"PriorityLevelConfiguration":\{"Name":".*"MatchingPrecedence":7,.*must equal the fixed value$/,
      );
    }
  });

  test('show whether their level is there', () => {
    const status = { conditions: [{ type: 'Dangling', status: 'False' }] };
    expect(rulesOf('flowschemas').cells?.(made('flowschemas', level), CONTEXT)).toEqual(['x', 'global-default', 1000, '<none>', '60m', '?']);
    expect(rulesOf('flowschemas').cells?.(made('flowschemas', level, { status }), CONTEXT)[5]).toBe('False');
  });

  test('have each type of condition once', () => {
    const object = made('flowschemas', level, { status: { conditions: [{ type: 'A' }, { type: 'A' }, { type: '' }] } });
    expect(texts(rulesOf('flowschemas').status?.validateUpdate?.(object, object, CONTEXT))).toEqual([
      'status.conditions[1].type: Duplicate value: "A"',
      'status.conditions[2].type: Required value',
    ]);
  });
});

describe('priority levels', () => {
  const limited = (fields: object): object => ({ type: 'Limited', limited: { limitResponse: { type: 'Reject' }, ...fields } });
  const queuing = (fields: object): object => limited({ limitResponse: { type: 'Queue', queuing: fields } });

  test('have defaults for shares and queues', () => {
    expect(made('prioritylevelconfigurations', queuing({ handSize: 2 }))['spec']).toEqual({
      type: 'Limited',
      limited: { nominalConcurrencyShares: 30, lendablePercent: 0, limitResponse: { type: 'Queue', queuing: { handSize: 2, queues: 64, queueLengthLimit: 50 } } },
    });
  });

  test.each([
    [limited({}), []],
    [queuing({}), []],
    [limited({ nominalConcurrencyShares: -1, lendablePercent: 101, borrowingLimitPercent: -1 }), ['spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer', 'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive', 'spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer']],
    [{ type: 'Exempt', limited: {} }, [`spec.type: Invalid value: "Exempt": must be 'Exempt' if and only if \`name\` is 'exempt'`, 'spec.limited: Forbidden: must be nil if the type is not Limited']],
    [{ type: 'Limited' }, ['spec.limited: Required value: must not be empty when type is Limited']],
    [{ type: 'Other' }, ['spec.type: Unsupported value: "Other": supported values: "Exempt", "Limited"']],
    [limited({ limitResponse: { type: 'Queue' } }), ['spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited']],
    [limited({ limitResponse: { type: 'Reject', queuing: {} } }), ['spec.limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited']],
    [queuing({ queues: 2, handSize: 4, queueLengthLimit: -1 }), ['spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive', 'spec.limited.limitResponse.queuing.handSize: Invalid value: 4: should not be greater than queues (2)']],
    [queuing({ queues: 10_000_001, handSize: 8 }), ['spec.limited.limitResponse.queuing.queues: Invalid value: 10000001: must not be greater than 10000000', 'spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 10000001 and handSize 8 should not be greater than 60']],
  ])('with %j', (spec, expected) => {
    expect(validate('prioritylevelconfigurations', spec)).toEqual(expected);
  });

  test('that every server needs are what they are, but for what the exempt one lends', () => {
    for (const [name, spec] of MANDATORY_PRIORITY_LEVELS) expect(validate('prioritylevelconfigurations', spec, { metadata: { name } })).toEqual([]);
    expect(validate('prioritylevelconfigurations', { type: 'Exempt', exempt: { lendablePercent: 50 } }, { metadata: { name: 'exempt' } })).toEqual([]);
    expect(validate('prioritylevelconfigurations', limited({ nominalConcurrencyShares: 9 }), { metadata: { name: 'catch-all' } })).toEqual([
      `spec: Invalid value: {"Type":"Limited","Limited":{"NominalConcurrencyShares":9,"LimitResponse":{"Type":"Reject","Queuing":null},"LendablePercent":0,"BorrowingLimitPercent":null},"Exempt":null}: spec of 'catch-all' must equal the fixed value`,
    ]);
  });

  test('show their queues', () => {
    expect(rulesOf('prioritylevelconfigurations').cells?.(made('prioritylevelconfigurations', queuing({ queues: 16, handSize: 3 })), CONTEXT)).toEqual(['x', 'Limited', 30, 16, 3, 50, '60m']);
    expect(rulesOf('prioritylevelconfigurations').cells?.(made('prioritylevelconfigurations', { type: 'Exempt' }), CONTEXT)).toEqual(['x', 'Exempt', '<none>', '<none>', '<none>', '<none>', '60m']);
  });
});
