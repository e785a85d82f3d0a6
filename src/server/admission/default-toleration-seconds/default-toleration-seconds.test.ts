import { expect, test } from 'vitest';
import { podWrite, specAfter } from '../admission-request.test-data.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';

test('DefaultTolerationSeconds adds what a pod does not say of failing nodes', async () => {
  const ready = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
  const reachable = { ...ready, key: 'node.kubernetes.io/unreachable' };
  const cases: [object[] | undefined, object[]][] = [
    [undefined, [ready, reachable]],
    [[{ operator: 'Exists' }], [{ operator: 'Exists' }]],
    [[{ ...ready, tolerationSeconds: 5 }], [{ ...ready, tolerationSeconds: 5 }, reachable]],
    [[{ ...ready, effect: 'NoSchedule' }], [{ ...ready, effect: 'NoSchedule' }, ready, reachable]],
  ];
  for (const [tolerations, expected] of cases) expect(await specAfter(defaultTolerationSeconds(), podWrite(tolerations ? { tolerations } : {}))).toMatchObject({ tolerations: expected });
  expect(await specAfter(defaultTolerationSeconds({ notReadySeconds: 1, unreachableSeconds: 2 }), podWrite({}))).toMatchObject({ tolerations: [{ tolerationSeconds: 1 }, { tolerationSeconds: 2 }] });
});
