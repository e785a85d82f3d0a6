import { expect, test } from 'vitest';
import { podWrite, specAfter } from '../admission-request.test-data.ts';
import { extendedResourceToleration } from './extended-resource-toleration.ts';

test('ExtendedResourceToleration tolerates the taints of what a pod asks for', async () => {
  const spec = { containers: [{ name: 'c', resources: { requests: { 'b.com/x': '1', cpu: '1', 'a.com/y': '1' } } }], tolerations: [{ key: 'b.com/x', operator: 'Exists' }] };
  expect(await specAfter(extendedResourceToleration(), podWrite(spec))).toMatchObject({ tolerations: [{ key: 'b.com/x', operator: 'Exists' }, { key: 'a.com/y', operator: 'Exists' }] });
});
