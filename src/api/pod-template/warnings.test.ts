import { describe, expect, test } from 'vitest';
import { FieldPath } from '../../machinery/field-error.ts';
import type { PodSpec } from './shapes.ts';
import { podTemplateWarnings } from './warnings.ts';

describe('warnings about a pod', () => {
  test.each([
    [{ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }, ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead']],
    [{ volumes: [{ name: 'v', rbd: {} }] }, ['spec.volumes[0].rbd: deprecated in v1.28, non-functional in v1.31+']],
    [{ imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}] }, ['spec.imagePullSecrets[1].name: duplicate name "a"', 'spec.imagePullSecrets[2].name: invalid empty name ""']],
    [{ containers: [{ resources: { requests: { memory: '102400m' } } }] }, ['spec.containers[0].resources.requests[memory]: fractional byte value "102400m" is invalid, must be an integer']],
    [{ containers: [{ env: [{ name: 'A' }, { name: 'A', value: 'x' }] }] }, ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply']],
    [{ containers: [{ env: [{ name: 'A' }, { name: 'A', value: '$(A)x' }] }] }, []],
    [{ containers: [{ ports: [{ containerPort: 80 }, { containerPort: 80 }] }] }, ['spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]']],
    [{ containers: [{ ports: [{ containerPort: 80, hostPort: 80 }, { containerPort: 80 }] }] }, ['spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]']],
    [{ terminationGracePeriodSeconds: -1 }, ['spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1.']],
    [{ topologySpreadConstraints: [{ topologyKey: 'z' }] }, ['spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod']],
    [
      { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }, { secret: { name: 's', items: [{ key: 'k', path: 't/u' }] } }, {}] } }] },
      ['volume "v" (Projected): overlapping paths: "t/u" (Secret "s") with "t" (ServiceAccountToken)', 'volume "v" (Projected) has no sources provided'],
    ],
    [{ volumes: [{ name: 'v', configMap: { name: 'm', items: [{ key: 'a', path: 'x' }, { key: 'b', path: 'x/' }] } }] }, ['volume "v" (ConfigMap "m"): overlapping paths: "x" with "x"']],
  ])('%j', (spec, expected) => {
    expect(podTemplateWarnings({ spec: spec as PodSpec }, FieldPath.root())).toEqual(expected);
  });

  test('stand at the template of a workload', () => {
    const template = { metadata: { annotations: { 'scheduler.alpha.kubernetes.io/critical-pod': '' } } };
    expect(podTemplateWarnings(template, FieldPath.root('spec').child('template'))).toEqual([
      'spec.template.metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
    ]);
  });
});
