import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { refusal, writeOf } from '../admission-request.test-data.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';

describe('PersistentVolumeClaimResize', () => {
  const reader = new MemoryReader([object('storage.k8s.io/v1', 'StorageClass', { name: 'grows' }, { allowVolumeExpansion: true }), object('storage.k8s.io/v1', 'StorageClass', { name: 'stays' })]);
  const claim = (storage: string, storageClassName: string, phase = 'Bound') => object('v1', 'PersistentVolumeClaim', { name: 'd' }, { spec: { storageClassName, resources: { requests: { storage } } }, status: { phase } });
  const head = 'persistentvolumeclaims "d" is forbidden:';
  const cannot = `${head} only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize`;
  test.each([
    [claim('2Gi', 'grows'), claim('1Gi', 'grows'), undefined],
    [claim('2Gi', 'stays'), claim('1Gi', 'stays'), cannot],
    [claim('2Gi', ''), claim('1Gi', ''), cannot],
    [claim('2Gi', 'grows'), claim('1Gi', 'stays'), cannot],
    [claim('2Gi', 'grows', 'Pending'), claim('1Gi', 'grows', 'Pending'), `${head} Only bound persistent volume claims can be expanded`],
    [claim('1024Mi', 'stays'), claim('1Gi', 'stays'), undefined],
  ])('%#', async (now, oldObject, message) => expect((await refusal(persistentVolumeClaimResize(reader), writeOf('', 'persistentvolumeclaims', now, { operation: 'UPDATE', oldObject })))?.message).toBe(message));
});
