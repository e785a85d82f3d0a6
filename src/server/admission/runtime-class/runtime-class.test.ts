import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { podRefusal, podWrite } from '../admission-request.test-data.ts';
import { runtimeClass } from './runtime-class.ts';

const named = (name: string, rest: object) => object('node.k8s.io/v1', 'RuntimeClass', { name }, { handler: 'h', ...rest });
const plugin = runtimeClass(
  new MemoryReader([
    named('heavy', { overhead: { podFixed: { cpu: '250m' } } }),
    named('plain', {}),
    named('placed', { scheduling: { nodeSelector: { runtime: 'gv' }, tolerations: [{ key: 'gv', operator: 'Exists' }] } }),
  ]),
);

describe('a pod gets', () => {
  test.each([
    ['its class’s overhead', { runtimeClassName: 'heavy' }, { overhead: { cpu: '250m' } }],
    ['the same overhead again, however written', { runtimeClassName: 'heavy', overhead: { cpu: '0.25' } }, { overhead: { cpu: '250m' } }],
    ['its class’s nodes, beside its own', { runtimeClassName: 'placed', nodeSelector: { mine: '1' }, tolerations: [{ key: 'own', operator: 'Exists' }] }, { nodeSelector: { mine: '1', runtime: 'gv' }, tolerations: [{ key: 'own', operator: 'Exists' }, { key: 'gv', operator: 'Exists' }] }],
    ['nothing without a class', {}, {}],
  ])('%s', async (_, spec, expected) => {
    const request = podWrite(spec);
    expect(await podRefusal(plugin, request)).toBeUndefined();
    expect(request.object['spec']).toEqual({ containers: [{ name: 'c', image: 'i' }], ...('runtimeClassName' in spec && { runtimeClassName: spec.runtimeClassName }), ...expected });
  });
});

describe('refuses', () => {
  test.each([
    [{ runtimeClassName: 'absent' }, 'pod rejected: RuntimeClass "absent" not found'],
    [{ runtimeClassName: 'heavy', overhead: { cpu: '1' } }, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"],
    [{ runtimeClassName: 'plain', overhead: { cpu: '1' } }, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
    [{ overhead: { cpu: '1' } }, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
    [{ runtimeClassName: 'placed', nodeSelector: { runtime: 'other' } }, 'conflict: runtimeClass.scheduling.nodeSelector[runtime] = gv; pod.spec.nodeSelector[runtime] = other'],
  ])('%j', async (spec, message) => expect(await podRefusal(plugin, podWrite(spec))).toBe(message));
});
