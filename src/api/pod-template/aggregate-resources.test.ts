import { expect, test } from 'vitest';
import { aggregateRequests } from './aggregate-resources.ts';

const asks = (cpu: string, more: object = {}): object => ({ resources: { requests: { cpu } }, ...more });

test.each([
  ['the sum of its containers', { containers: [asks('1'), asks('500m')] }, '1500m'],
  ['an init container that asks for more', { containers: [asks('1')], initContainers: [asks('3')] }, '3'],
  ['sidecars beside the containers', { containers: [asks('1')], initContainers: [asks('1', { restartPolicy: 'Always' })] }, '2'],
  ['an init container beside the sidecars before it', { containers: [asks('1')], initContainers: [asks('1', { restartPolicy: 'Always' }), asks('4')] }, '5'],
])('a pod needs %s', (_, spec, cpu) => {
  expect(aggregateRequests(spec as never)).toEqual({ cpu });
});
