import { describe, expect, test } from 'vitest';
import type { CustomResourceDefinition, DefinitionNames } from './custom-resource-definition.ts';
import { defaultDefinition } from './definition-defaults.ts';
import { beginDeletion, computeStatus } from './definition-status.ts';
import { definition, obj, version } from './example-definitions.ts';

const TIME = '2024-01-01T00:00:00Z';
const NOW = Date.parse(TIME);

function made(kind: string, names: Partial<DefinitionNames> = {}, group = 'stable.example.com'): CustomResourceDefinition {
  const given = definition(group, kind, [version('v1', obj({}))]);
  Object.assign(given.spec.names, names);
  given.metadata.name = `${given.spec.names.plural}.${group}`;
  defaultDefinition(given);
  given.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] };
  return given;
}
/** With its status written, and written again. */
function accepted(given: CustomResourceDefinition, others: CustomResourceDefinition[] = []): CustomResourceDefinition {
  given.status = computeStatus(given, others, NOW);
  given.status = computeStatus(given, others, NOW);
  return given;
}

test('names that nobody has are accepted, and the resource is established', () => {
  expect(accepted(made('CronTab', { shortNames: ['ct'], categories: ['all'] })).status).toEqual({
    acceptedNames: { plural: 'crontabs', singular: 'crontab', shortNames: ['ct'], kind: 'CronTab', listKind: 'CronTabList', categories: ['all'] },
    conditions: [
      { type: 'NamesAccepted', status: 'True', lastTransitionTime: TIME, reason: 'NoConflicts', message: 'no conflicts found' },
      { type: 'Established', status: 'True', lastTransitionTime: TIME, reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
    ],
    storedVersions: ['v1'],
  });
});

test('names are accepted first, and the resource is established then', () => {
  expect(computeStatus(made('CronTab'), [], NOW).conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
    ['NamesAccepted', 'True', 'NoConflicts'],
    ['Established', 'False', 'Installing'],
  ]);
});

test('a status that is right is left as it is, object and all', () => {
  const given = accepted(made('CronTab'));
  expect(computeStatus(given, [], NOW + 60_000)).toBe(given.status);
});

describe('conflicts within a group', () => {
  const rival = accepted(made('CronTab', { shortNames: ['ct'] }));
  test.each<[string, Partial<DefinitionNames>, string, string, Partial<DefinitionNames>]>([
    ['kind', { kind: 'CronTab', singular: 'tab', listKind: 'TabList' }, 'KindConflict', '"CronTab" is already in use', { plural: 'tabs', kind: '', singular: 'tab', listKind: 'TabList' }],
    ['singular', { singular: 'crontab' }, 'SingularConflict', '"crontab" is already in use', { plural: 'tabs', kind: 'Tab', listKind: 'TabList' }],
    ['short name', { shortNames: ['t', 'ct'] }, 'ShortNamesConflict', '"ct" is already in use', { plural: 'tabs', kind: 'Tab', singular: 'tab', listKind: 'TabList' }],
    ['short name that is a plural', { shortNames: ['crontabs'] }, 'ShortNamesConflict', '"crontabs" is already in use', { plural: 'tabs', kind: 'Tab', singular: 'tab', listKind: 'TabList' }],
    ['list kind', { listKind: 'CronTabList' }, 'ListKindConflict', '"CronTabList" is already in use', { plural: 'tabs', kind: 'Tab', singular: 'tab' }],
  ])('%s', (_, names, reason, message, acceptedNames) => {
    const status = computeStatus(made('Tab', names), [rival], NOW);
    expect(status.acceptedNames).toEqual(acceptedNames);
    expect(status.conditions).toEqual([
      { type: 'NamesAccepted', status: 'False', lastTransitionTime: TIME, reason, message },
      { type: 'Established', status: 'False', lastTransitionTime: TIME, reason: 'NotAccepted', message: 'not all names are accepted' },
    ]);
  });

  test('of another group do not count, nor do categories', () => {
    const other = accepted(made('CronTab', {}, 'other.example.com'), [rival]);
    expect(other.status?.conditions?.every((condition) => condition.status === 'True')).toBe(true);
  });

  test('end when the rival goes', () => {
    const waiting = accepted(made('Tab', { kind: 'CronTab', singular: 'tab', listKind: 'TabList' }), [rival]);
    const { status } = accepted(waiting);
    expect(status?.acceptedNames.kind).toBe('CronTab');
    expect(status?.conditions?.map((condition) => condition.status)).toEqual(['True', 'True']);
  });

  test('that arise later leave an established resource served, under the names it had', () => {
    const served = accepted(made('Tab'));
    served.spec.names.shortNames = ['ct', 'tb'];
    const status = computeStatus(served, [rival], NOW);
    expect(status.acceptedNames).toEqual({ plural: 'tabs', singular: 'tab', kind: 'Tab', listKind: 'TabList' });
    expect(status.conditions?.map(({ type, status: verdict }) => [type, verdict])).toEqual([['NamesAccepted', 'False'], ['Established', 'True']]);
  });
});

test('community groups carry a condition about their approval', () => {
  const given = made('CronTab', {}, 'x.k8s.io');
  given.metadata.annotations = { 'api-approved.kubernetes.io': 'unapproved, an experiment' };
  expect(computeStatus(given, [], NOW).conditions?.[2]).toEqual({
    type: 'KubernetesAPIApprovalPolicyConformant',
    status: 'False',
    lastTransitionTime: TIME,
    reason: 'UnapprovedAnnotation',
    message: 'not approved: "unapproved, an experiment"',
  });
});

test('a deletion begins with a finalizer and a word about it, once', () => {
  const given = accepted(made('CronTab'));
  beginDeletion(given, NOW);
  beginDeletion(given, NOW + 1000);
  expect(given.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
  expect(given.status?.conditions?.[2]).toEqual({
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: TIME,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  });
});
