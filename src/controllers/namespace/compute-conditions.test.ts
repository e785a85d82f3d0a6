import { describe, expect, test } from 'vitest';
import { computeConditions, type ContentReport } from './compute-conditions.ts';

const nothing: ContentReport = { discoveryFailures: [], deletionErrors: [], remaining: new Map(), finalizers: new Map() };
const first = computeConditions([], nothing, 't1') ?? [];

describe('the conditions of a namespace in deletion', () => {
  test('are all there from the first pass', () => {
    expect(first.map(({ type, status, reason }) => `${type}=${status} ${reason}`)).toEqual([
      'NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered',
      'NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions',
      'NamespaceDeletionContentFailure=False ContentDeleted',
      'NamespaceContentRemaining=False ContentRemoved',
      'NamespaceFinalizersRemaining=False ContentHasNoFinalizers',
    ]);
  });

  test('are not written again when nothing changed', () => {
    expect(computeConditions(first, nothing, 't2')).toBeUndefined();
  });

  test.each<[string, Partial<ContentReport>, string, string]>([
    ['NamespaceDeletionDiscoveryFailure', { discoveryFailures: [{ groupVersion: 'b/v1', message: 'down' }, { groupVersion: 'a/v1', message: 'down' }] }, 'DiscoveryFailed', 'Discovery failed for some groups, 2 failing: unable to retrieve the complete list of server APIs: a/v1: down, b/v1: down'],
    ['NamespaceDeletionContentFailure', { deletionErrors: ['y', 'x'] }, 'ContentDeletionFailed', 'Failed to delete all resource types, 2 remaining: x, y'],
    ['NamespaceContentRemaining', { remaining: new Map([['widgets.example.com', 2], ['pods.', 1]]) }, 'SomeResourcesRemain', 'Some resources are remaining: pods. has 1 resource instances, widgets.example.com has 2 resource instances'],
    ['NamespaceFinalizersRemaining', { finalizers: new Map([['example.com/hold', 3]]) }, 'SomeFinalizersRemain', 'Some content in the namespace has finalizers remaining: example.com/hold in 3 resource instances'],
  ])('%s tells what holds the namespace', (type, report, reason, message) => {
    const conditions = computeConditions(first, { ...nothing, ...report }, 't2') ?? [];
    expect(conditions.find((c) => c.type === type)).toEqual({ type, status: 'True', reason, message, lastTransitionTime: 't2' });
    expect(conditions.filter(({ lastTransitionTime }) => lastTransitionTime === 't1')).toHaveLength(4);
  });

  test('keep their time while only the message changes', () => {
    const two = computeConditions(first, { ...nothing, remaining: new Map([['a.', 2]]) }, 't2') ?? [];
    const one = computeConditions(two, { ...nothing, remaining: new Map([['a.', 1]]) }, 't3') ?? [];
    expect(one.find(({ type }) => type === 'NamespaceContentRemaining')).toMatchObject({ lastTransitionTime: 't2', message: 'Some resources are remaining: a. has 1 resource instances' });
  });
});
