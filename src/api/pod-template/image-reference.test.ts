import { describe, expect, test } from 'vitest';
import { defaultPullPolicy, imageTag } from './image-reference.ts';

const DIGEST = 'sha256:4ff102c5d78d254a6f0da062b3cf39eaf07f01eec0927fd21e219d0af8bc0591';

describe('the tag of an image', () => {
  test.each([
    ['nginx', 'latest'],
    ['nginx:latest', 'latest'],
    ['nginx:1.27', '1.27'],
    ['reg.example.com:5000/a/nginx', 'latest'],
    ['reg.example.com:5000/a/nginx:v1', 'v1'],
    ['localhost/a', 'latest'],
    [`nginx@${DIGEST}`, ''],
    [`nginx:latest@${DIGEST}`, 'latest'],
    ['', ''],
    [' nginx ', ''],
    ['Nginx', ''],
    ['nginx:', ''],
    ['a//b', ''],
    ['4ff102c5d78d254a6f0da062b3cf39eaf07f01eec0927fd21e219d0af8bc0591', ''],
  ])('%j is %j', (image, tag) => {
    expect(imageTag(image)).toBe(tag);
  });

  test('decides whether the image is pulled every time', () => {
    expect([defaultPullPolicy('nginx'), defaultPullPolicy('nginx:1.27'), defaultPullPolicy('NotValid')]).toEqual(['Always', 'IfNotPresent', 'IfNotPresent']);
  });
});
