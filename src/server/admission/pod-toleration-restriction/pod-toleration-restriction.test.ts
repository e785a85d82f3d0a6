import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { podWrite, refusal, specAfter } from '../admission-request.test-data.ts';
import { podTolerationRestriction } from './pod-toleration-restriction.ts';

describe('PodTolerationRestriction', () => {
  const P = 'scheduler.alpha.kubernetes.io/';
  const plugin = (annotations: Record<string, string>) => podTolerationRestriction(new MemoryReader([object('v1', 'Namespace', { name: 'x', annotations })]));
  test('adds the namespace’s defaults, and memory pressure for who asks for something', async () => {
    const defaults = { [`${P}defaultTolerations`]: '[{"key":"a","operator":"Exists"}]' };
    expect(await specAfter(plugin(defaults), podWrite({ tolerations: [{ key: 'b', operator: 'Exists' }] }))).toMatchObject({ tolerations: [{ key: 'a', operator: 'Exists' }, { key: 'b', operator: 'Exists' }] });
    expect(await specAfter(plugin({}), podWrite({ containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] }))).toMatchObject({ tolerations: [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' }] });
  });
  test('refuses what the namespace does not allow', async () => {
    const whitelist = { [`${P}tolerationsWhitelist`]: '[{"key":"a","operator":"Exists"}]' };
    expect(await refusal(plugin(whitelist), podWrite({ tolerations: [{ key: 'b', operator: 'Exists' }] }))).toMatchObject({ code: 500, message: 'pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist' });
    expect(await refusal(plugin(whitelist), podWrite({ tolerations: [{ key: 'a', operator: 'Equal', value: 'v' }] }))).toBeUndefined();
    expect((await refusal(plugin({ [`${P}tolerationsWhitelist`]: '{' }), podWrite({ tolerations: [{ key: 'a' }] })))?.code).toBe(500);
  });
});
