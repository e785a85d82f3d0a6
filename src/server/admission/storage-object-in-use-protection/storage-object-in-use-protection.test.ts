import { expect, test } from 'vitest';
import { object } from '../../authorization/memory-reader.test-data.ts';
import { refusal, writeOf } from '../admission-request.test-data.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';

test('StorageObjectInUseProtection holds volumes, claims and their classes, once', async () => {
  const finalizersOf = async (group: string, resource: string, finalizers?: string[]) => {
    const request = writeOf(group, resource, object('v1', 'Any', { name: 'a', ...(finalizers && { finalizers }) }));
    await refusal(storageObjectInUseProtection(), request);
    return request.object.metadata.finalizers;
  };
  expect(await finalizersOf('', 'persistentvolumes', ['a.com/b'])).toEqual(['a.com/b', 'kubernetes.io/pv-protection']);
  expect(await finalizersOf('', 'persistentvolumeclaims', ['kubernetes.io/pvc-protection'])).toEqual(['kubernetes.io/pvc-protection']);
  expect(await finalizersOf('storage.k8s.io', 'volumeattributesclasses')).toEqual(['kubernetes.io/vac-protection']);
  expect(await finalizersOf('', 'configmaps')).toBeUndefined();
});
