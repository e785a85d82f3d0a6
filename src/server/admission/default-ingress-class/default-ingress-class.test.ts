import { expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { specAfter, writeOf } from '../admission-request.test-data.ts';
import { defaultIngressClass } from './default-ingress-class.ts';

test('DefaultIngressClass gives an ingress without a class the default', async () => {
  const made = (name: string) => object('networking.k8s.io/v1', 'IngressClass', { name, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } });
  const reader = new MemoryReader([made('c')]);
  const ingress = (metadata: object = {}, spec: object = {}) => writeOf('networking.k8s.io', 'ingresses', object('networking.k8s.io/v1', 'Ingress', { name: 'i', ...metadata }, { spec }));
  expect(await specAfter(defaultIngressClass(reader), ingress())).toEqual({ ingressClassName: 'c' });
  expect(await specAfter(defaultIngressClass(reader), ingress({}, { ingressClassName: 'own' }))).toEqual({ ingressClassName: 'own' });
  expect(await specAfter(defaultIngressClass(reader), ingress({ annotations: { 'kubernetes.io/ingress.class': 'old' } }))).toEqual({});
});
