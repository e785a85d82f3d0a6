import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { pod, podRefusal, podWrite, refusal, write } from '../admission-request.test-data.ts';
import { priority } from './priority.ts';

const API = 'scheduling.k8s.io/v1';
const priorityClass = (name: string, rest: object) => object(API, 'PriorityClass', { name }, { ...rest });
const high = priorityClass('high', { value: 77, preemptionPolicy: 'Never' });

describe('a new pod', () => {
  test.each([
    [[high], {}, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }],
    [[high], { priorityClassName: 'high' }, { priority: 77, preemptionPolicy: 'Never' }],
    [[high], { priorityClassName: 'high', priority: 77, preemptionPolicy: 'Never' }, { priority: 77, preemptionPolicy: 'Never' }],
    [[high, priorityClass('b', { value: 5, globalDefault: true }), priorityClass('a', { value: 9, globalDefault: true })], {}, { priorityClassName: 'b', priority: 5, preemptionPolicy: 'PreemptLowerPriority' }],
  ])('with the classes %j and the spec %j gets %j', async (classes, spec, expected) => {
    const request = podWrite(spec);
    expect(await podRefusal(priority(new MemoryReader(classes)), request)).toBeUndefined();
    expect(request.object['spec']).toMatchObject(expected);
  });

  test.each([
    [{ priorityClassName: 'absent' }, 'no PriorityClass with name absent was found'],
    [{ priority: 7 }, 'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name'],
    [{ priorityClassName: 'high', preemptionPolicy: 'PreemptLowerPriority' }, 'the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority admission controller computed Never from the given PriorityClass name'],
  ])('%j is refused', async (spec, message) => expect(await podRefusal(priority(new MemoryReader([high])), podWrite(spec))).toBe(message));
});

test('an update by a client that does not know the fields keeps them', async () => {
  const request = podWrite({}, { operation: 'UPDATE', oldObject: pod({ priority: 3, preemptionPolicy: 'Never' }) });
  await refusal(priority(new MemoryReader()), request);
  expect(request.object['spec']).toMatchObject({ priority: 3, preemptionPolicy: 'Never' });
});

describe('there is one default class', () => {
  const reader = new MemoryReader([priorityClass('first', { value: 1, globalDefault: true })]);
  const of = (name: string, rest: object, partial = {}) => write({ resource: { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' }, namespace: '', object: priorityClass(name, rest), ...partial });
  test.each([
    ['another one is refused', of('second', { globalDefault: true }), 'priorityclasses.scheduling.k8s.io "second" is forbidden: PriorityClass first is already marked as default. Only one default can exist'],
    ['others are let in', of('second', {}), undefined],
    ['it can be changed itself', of('first', { globalDefault: true }, { operation: 'UPDATE' }), undefined],
  ])('%s', async (_, request, message) => expect((await refusal(priority(reader), request))?.message).toBe(message));
});

test.each([
  ['system-node-critical', 'priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: this is a system priority class and cannot be deleted'],
  ['mine', undefined],
])('the deletion of the class %s', async (name, message) => {
  const request = write({ operation: 'DELETE', resource: { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' }, namespace: '', name });
  expect((await refusal(priority(new MemoryReader()), request))?.message).toBe(message);
});
