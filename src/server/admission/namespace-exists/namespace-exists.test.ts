import { expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { podWrite, refusal, writeOf } from '../admission-request.test-data.ts';
import { namespaceExists } from './namespace-exists.ts';

test('NamespaceExists refuses what goes into a namespace that is not there', async () => {
  const exists = namespaceExists(new MemoryReader([object('v1', 'Namespace', { name: 'x' })]));
  expect(await refusal(exists, podWrite({}))).toBeUndefined();
  expect((await refusal(exists, podWrite({}, { namespace: 'y', operation: 'DELETE' })))?.message).toBe('namespaces "y" not found');
  expect(await refusal(exists, writeOf('', 'namespaces', object('v1', 'Namespace', { name: 'y' }), { namespace: 'y' }))).toBeUndefined();
});
