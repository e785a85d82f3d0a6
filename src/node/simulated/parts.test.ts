import { describe, expect, test } from 'vitest';
import type { Pod, PodCondition, PodStatus } from '../../api/types/generated/core-v1.ts';
import { Addresses } from './addresses.ts';
import { imageId, normalizedImage } from './images.ts';
import { NodeLedger } from './node-ledger.ts';
import { requestsOf } from './pod-admission.ts';
import { statusPatch } from './status-patch.ts';

describe('an image', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['me/app', 'docker.io/me/app:latest'],
    ['localhost/app:1', 'localhost/app:1'],
    ['registry:5000/app', 'registry:5000/app:latest'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['nginx@sha256:abc', 'docker.io/library/nginx@sha256:abc'],
  ])('%s is %s', (image, whole) => {
    expect(normalizedImage(image)).toBe(whole);
  });

  test('has an identity that its name alone decides', () => {
    expect(imageId('nginx')).toBe(imageId('docker.io/library/nginx:latest'));
    expect(imageId('nginx')).not.toBe(imageId('nginx:1.27'));
    expect(imageId('registry:5000/app')).toMatch(/^registry:5000\/app@sha256:[0-9a-f]{64}$/);
    expect(imageId('nginx@sha256:abc')).toBe('docker.io/library/nginx@sha256:abc');
  });
});

describe('addresses', () => {
  test('are given out once, in turn, and again after all others', () => {
    const addresses = new Addresses();
    const range = ['10.0.0.0/29'];
    expect(['a', 'b', 'c'].map((owner) => addresses.assign(owner, range)?.[0])).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4']);
    expect(addresses.assign('a', range)).toEqual(['10.0.0.2']);
    addresses.release('a');
    expect(['d', 'e', 'f', 'g'].map((owner) => addresses.assign(owner, range)?.[0])).toEqual(['10.0.0.5', '10.0.0.6', '10.0.0.2', undefined]);
  });

  test('that somebody has already are not given out', () => {
    const addresses = new Addresses();
    addresses.claim('old', ['10.0.0.2', 'fd00::2']);
    expect(addresses.assign('new', ['10.0.0.0/29', 'fd00::/120'])).toEqual(['10.0.0.3', 'fd00::3']);
    addresses.release('old');
    expect(addresses.of('old')).toEqual([]);
  });
});

describe('what pods take of a node', () => {
  const pod = (requests: Record<string, string>, overhead?: Record<string, string>): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [{ name: 'a', image: 'i', resources: { requests } }, { name: 'b', image: 'i', resources: { requests } }], ...(overhead && { overhead }) } });

  test('is what its containers and its overhead ask for, and one place', () => {
    expect(Object.fromEntries(requestsOf(pod({ cpu: '250m', memory: '1Ki' }, { cpu: '1' })))).toEqual({ cpu: 1500, memory: 2048, pods: 1 });
  });

  test('is counted once and given back once', () => {
    const ledger = new NodeLedger();
    const amounts = requestsOf(pod({ cpu: '1' }));
    ledger.enter('u1', 'n', amounts);
    ledger.enter('u1', 'n', amounts);
    ledger.enter('u2', 'n', amounts);
    expect(Object.fromEntries(ledger.usedOf('n'))).toEqual({ cpu: 4000, pods: 2 });
    ledger.release('u1');
    ledger.release('u1');
    expect(Object.fromEntries(ledger.usedOf('n'))).toEqual({ cpu: 2000, pods: 1 });
    ledger.release('u2');
    expect(ledger.usedOf('n').size).toBe(0);
  });
});

describe('the patch of a status', () => {
  const condition = (type: string, status: 'True' | 'False', reason?: string): PodCondition => ({ type, status, lastTransitionTime: '2026-01-01T00:00:00Z', ...(reason !== undefined && { reason }) });
  const patch = (before: PodStatus, after: PodStatus): unknown => statusPatch({ apiVersion: 'v1', kind: 'Pod', metadata: { uid: 'u' }, status: before }, after)?.['status'];

  test('says nothing when nothing is new', () => {
    const status: PodStatus = { phase: 'Running', conditions: [condition('Ready', 'True')] };
    expect(patch(status, status)).toBeUndefined();
    expect(patch({ ...status, nominatedNodeName: 'n' }, status)).toBeUndefined();
    expect(patch({ ...status, conditions: [condition('Ready', 'True'), condition('example.com/gate', 'True')] }, { ...status, conditions: [condition('example.com/gate', 'True'), condition('Ready', 'True')] })).toBeUndefined();
  });

  test('takes away what is no more, and replaces lists that would be merged', () => {
    expect(patch({ phase: 'Failed', reason: 'x', podIPs: [{ ip: '10.0.0.1' }] }, { phase: 'Failed', podIPs: [{ ip: '10.0.0.2' }] })).toEqual({ reason: null, podIPs: [{ $patch: 'replace' }, { ip: '10.0.0.2' }] });
  });

  test("leaves others' conditions alone", () => {
    const before = [condition('DisruptionTarget', 'True'), condition('Ready', 'False', 'ContainersNotReady')];
    expect(patch({ conditions: before }, { conditions: [condition('DisruptionTarget', 'True'), condition('Ready', 'True')] })).toEqual({
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: null }],
    });
  });
});
