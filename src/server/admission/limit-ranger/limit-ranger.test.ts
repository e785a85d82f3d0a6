import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { pod, podRefusal, podWrite, refusal, write } from '../admission-request.test-data.ts';
import { limitRanger } from './limit-ranger.ts';

const range = (...limits: object[]) => limitRanger(new MemoryReader([object('v1', 'LimitRange', { name: 'l', namespace: 'x' }, { spec: { limits } })]));
const sized = (resources: object, more: object = {}) => ({ containers: [{ name: 'c', image: 'i', resources }], ...more });

describe('gives containers what they leave open', () => {
  const plugin = range({ type: 'Container', default: { cpu: '500m', memory: '1Gi' }, defaultRequest: { cpu: '100m' } }, { type: 'Pod', max: { cpu: '9' } });

  test('and says so on the pod', async () => {
    const request = podWrite({ containers: [{ name: 'c', resources: { requests: { cpu: '1m' } } }, { name: 'd', resources: { limits: { cpu: '1', memory: '1' } } }], initContainers: [{ name: 'i' }] });
    await refusal(plugin, request);
    expect(request.object['spec']).toMatchObject({
      containers: [{ resources: { requests: { cpu: '1m' }, limits: { cpu: '500m', memory: '1Gi' } } }, { resources: { requests: { cpu: '100m' }, limits: { cpu: '1', memory: '1' } } }],
      initContainers: [{ resources: { requests: { cpu: '100m' }, limits: { cpu: '500m', memory: '1Gi' } } }],
    });
    expect(request.object.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu, memory limit for container c; cpu request for container d; cpu request for init container i; cpu, memory limit for init container i',
    });
  });

  test('but touches nothing that is complete, nothing on updates, nothing elsewhere', async () => {
    const complete = sized({ requests: { cpu: '1' }, limits: { cpu: '1', memory: '1' } });
    const requests = [podWrite(complete), podWrite({}, { operation: 'UPDATE' }), podWrite({}, { namespace: 'y' }), podWrite({}, { subresource: 'binding' })];
    const before = structuredClone(requests.map((r) => r.object));
    for (const request of requests) expect(await refusal(plugin, request)).toBeUndefined();
    expect(requests.map((r) => r.object)).toEqual(before);
  });
});

describe('refuses', () => {
  test.each([
    ['too little requested', { min: { cpu: '500m' } }, sized({ requests: { cpu: '100m' } }), 'minimum cpu usage per Container is 500m, but request is 100m'],
    ['nothing requested', { min: { cpu: '500m' } }, sized({}), 'minimum cpu usage per Container is 500m.  No request is specified'],
    ['too low a limit', { min: { cpu: '500m' } }, sized({ requests: { cpu: '1' }, limits: { cpu: '400m' } }), 'minimum cpu usage per Container is 500m, but limit is 400m'],
    ['too high a limit', { max: { memory: '1Gi' } }, sized({ limits: { memory: '2Gi' } }), 'maximum memory usage per Container is 1Gi, but limit is 2Gi'],
    ['no limit', { max: { cpu: '1' } }, sized({}), 'maximum cpu usage per Container is 1.  No limit is specified'],
    ['too much requested', { max: { cpu: '1' } }, sized({ requests: { cpu: '2' }, limits: { cpu: '1' } }), 'maximum cpu usage per Container is 1, but request is 2'],
    ['too wide a gap', { maxLimitRequestRatio: { cpu: '1.5' } }, sized({ requests: { cpu: '100m' }, limits: { cpu: '200m' } }), 'cpu max limit to request ratio per Container is 1500m, but provided ratio is 2.000000'],
    ['a gap from nothing', { maxLimitRequestRatio: { cpu: '2' } }, sized({ limits: { cpu: '2' } }), 'cpu max limit to request ratio per Container is 2, but no request is specified or request is 0'],
    ['a gap to nothing', { maxLimitRequestRatio: { cpu: '2' } }, sized({ requests: { cpu: '2' } }), 'cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0'],
    ['several faults in one list', { min: { memory: '2', cpu: '2' } }, sized({ requests: { cpu: '1', memory: '1' } }), '[minimum cpu usage per Container is 2, but request is 1, minimum memory usage per Container is 2, but request is 1]'],
    ['init containers too', { max: { cpu: '1' } }, sized({ limits: { cpu: '1' } }, { initContainers: [{ name: 'i', resources: { limits: { cpu: '3' } } }] }), 'maximum cpu usage per Container is 1, but limit is 3'],
  ])('%s', async (_, limit, spec, message) => expect(await podRefusal(range({ type: 'Container', ...limit }), podWrite(spec))).toBe(message));

  test.each([
    ['the sum of containers', { containers: [{ name: 'a', resources: { limits: { cpu: '600m' } } }, { name: 'b', resources: { limits: { cpu: '600m' } } }] }, 'maximum cpu usage per Pod is 1, but limit is 1200m'],
    ['an init container on its own', { containers: [{ name: 'a', resources: { limits: { cpu: '1' } } }], initContainers: [{ name: 'i', resources: { limits: { cpu: '2' } } }] }, 'maximum cpu usage per Pod is 1, but limit is 2'],
    ['what is set for the pod as a whole', { resources: { limits: { cpu: '2' } }, containers: [{ name: 'a', resources: { limits: { cpu: '1' } } }] }, 'maximum cpu usage per Pod is 1, but limit is 2'],
    ['nothing said', {}, 'maximum cpu usage per Pod is 1.  No limit is specified'],
  ])('pods by %s', async (_, spec, message) => expect(await podRefusal(range({ type: 'Pod', max: { cpu: '1' } }), podWrite(spec))).toBe(message));

  test('a pod that grows beyond the limit', async () => {
    const resize = podWrite(sized({ limits: { cpu: '2' } }), { operation: 'UPDATE', subresource: 'resize', oldObject: pod({}) });
    expect(await podRefusal(range({ type: 'Container', max: { cpu: '1' } }), resize)).toBe('maximum cpu usage per Container is 1, but limit is 2');
  });

  test('claims out of bounds, made or grown, but not while they go', async () => {
    const plugin = range({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } });
    const claim = (storage: string | undefined, metadata = {}) => object('v1', 'PersistentVolumeClaim', { name: 'd', ...metadata }, { spec: { resources: { requests: storage === undefined ? {} : { storage } } } });
    const of = (storage: string | undefined, partial = {}) => write({ resource: { group: '', version: 'v1', resource: 'persistentvolumeclaims' }, object: claim(storage), ...partial });
    const message = async (request: ReturnType<typeof of>) => (await refusal(plugin, request))?.message?.replace('persistentvolumeclaims "d" is forbidden: ', '');
    expect(await message(of('500Mi'))).toBe('minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi');
    expect(await message(of('6Gi', { operation: 'UPDATE', oldObject: claim('1Gi') }))).toBe('maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi');
    expect(await message(of(undefined))).toBe('[minimum storage usage per PersistentVolumeClaim is 1Gi.  No request is specified, maximum storage usage per PersistentVolumeClaim is 5Gi.  No request is specified]');
    expect(await message(of('6Gi', { operation: 'UPDATE', oldObject: claim('1Gi', { deletionTimestamp: '2026-01-01T00:00:00Z' }) }))).toBeUndefined();
    expect(await message(of('2Gi'))).toBeUndefined();
  });
});
