import { expect, test } from 'vitest';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { object } from '../../authorization/memory-reader.test-data.ts';
import { refusal, writeOf } from '../admission-request.test-data.ts';
import { denyServiceExternalIps } from './deny-service-external-ips.ts';

test('DenyServiceExternalIPs keeps services to the addresses they have', async () => {
  const service = (...externalIPs: string[]) => object('v1', 'Service', { name: 's' }, { spec: { externalIPs } });
  const refused = async (now: KubeObject, oldObject?: KubeObject) => (await refusal(denyServiceExternalIps(), writeOf('', 'services', now, oldObject ? { operation: 'UPDATE', oldObject } : {})))?.message;
  expect(await refused(service())).toBeUndefined();
  expect(await refused(service('1.2.3.4'))).toBe('services "s" is forbidden: Use of external IPs is denied by admission control');
  expect(await refused(service('1.2.3.4'), service('1.2.3.4', '5.6.7.8'))).toBeUndefined();
});
