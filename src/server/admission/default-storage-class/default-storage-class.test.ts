import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { specAfter, writeOf } from '../admission-request.test-data.ts';
import { defaultStorageClass } from './default-storage-class.ts';

describe('a claim without a class gets the default', () => {
  const made = (annotation: string, name: string, creationTimestamp: string, value = 'true') => object('storage.k8s.io/v1', 'StorageClass', { name, creationTimestamp, annotations: { [annotation]: value } });
  const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';
  const old = made(IS_DEFAULT, 'old', '2025-01-01T00:00:00Z');
  const claim = (spec: object, annotations?: Record<string, string>) => writeOf('', 'persistentvolumeclaims', object('v1', 'PersistentVolumeClaim', { name: 'd', ...(annotations && { annotations }) }, { spec }));
  test.each([
    [[], claim({}), {}],
    [[old], claim({}), { storageClassName: 'old' }],
    [[old, made('storageclass.beta.kubernetes.io/is-default-class', 'new', '2026-01-01T00:00:00Z')], claim({}), { storageClassName: 'new' }],
    [[old, made(IS_DEFAULT, 'also', '2025-01-01T00:00:00Z')], claim({}), { storageClassName: 'also' }],
    [[made(IS_DEFAULT, 'no', '2026-01-01T00:00:00Z', 'false')], claim({}), {}],
    [[old], claim({ storageClassName: '' }), { storageClassName: '' }],
    [[old], claim({}, { 'volume.beta.kubernetes.io/storage-class': 'x' }), {}],
  ])('%#', async (classes, request, expected) => expect(await specAfter(defaultStorageClass(new MemoryReader(classes)), request)).toEqual(expected));
});
