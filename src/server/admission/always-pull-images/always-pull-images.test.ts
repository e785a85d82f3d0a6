import { describe, expect, test } from 'vitest';
import { pod, podWrite, specAfter } from '../admission-request.test-data.ts';
import { alwaysPullImages } from './always-pull-images.ts';

describe('AlwaysPullImages', () => {
  test('pulls every image of a pod anew', async () => {
    const spec = { initContainers: [{ name: 'i', imagePullPolicy: 'Never' }], volumes: [{ name: 'v', image: { reference: 'r', pullPolicy: 'IfNotPresent' } }] };
    expect(await specAfter(alwaysPullImages(), podWrite(spec))).toMatchObject({ containers: [{ imagePullPolicy: 'Always' }], initContainers: [{ imagePullPolicy: 'Always' }], volumes: [{ image: { pullPolicy: 'Always' } }] });
  });

  test('leaves old pods alone until they get a new image, and refuses what was changed back', async () => {
    const old = pod({ containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Never' }] });
    expect(await specAfter(alwaysPullImages(), podWrite({}, { operation: 'UPDATE', object: structuredClone(old), oldObject: old }))).toEqual(old['spec']);
    const request = podWrite({ containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Never' }] });
    expect(() => alwaysPullImages().validate?.(request)).toThrow('pods "p" is forbidden: spec.containers[0].imagePullPolicy: Unsupported value: "Never": supported values: "Always"');
  });
});
