import { expect, test } from 'vitest';
import { object } from '../../authorization/memory-reader.test-data.ts';
import { specAfter, writeOf } from '../admission-request.test-data.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

test('TaintNodesByCondition taints new nodes once', async () => {
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const node = (taints?: object[]) => writeOf('', 'nodes', object('v1', 'Node', { name: 'n' }, taints ? { spec: { taints } } : {}));
  expect(await specAfter(taintNodesByCondition(), node())).toEqual({ taints: [taint] });
  expect(await specAfter(taintNodesByCondition(), node([{ key: 'own', effect: 'NoSchedule' }, taint]))).toEqual({ taints: [{ key: 'own', effect: 'NoSchedule' }, taint] });
});
