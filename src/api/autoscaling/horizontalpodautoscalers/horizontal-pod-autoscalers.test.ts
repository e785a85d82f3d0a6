import { describe, expect, test } from 'vitest';
import { cloneJson, type JsonObject } from '../../../machinery/json.ts';
import { create, NOW_MS, objectOf, update } from '../../apps/rule-runs.test-data.ts';
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { rules } from './strategy.ts';

const TARGET = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const CPU = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } };
const PODS = { type: 'Pods', pods: { metric: { name: 'rps', selector: { matchLabels: { verb: 'GET' } } }, target: { type: 'AverageValue', averageValue: '1500m' } } };
const OBJECT = { type: 'Object', object: { metric: { name: 'hits' }, describedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'front' }, target: { type: 'Value', value: '2k' } } };
const EXTERNAL = { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } } };
const CONTAINER = { type: 'ContainerResource', containerResource: { name: 'memory', container: 'app', target: { type: 'AverageValue', averageValue: '1Gi' } } };

const v2 = (spec: JsonObject = {}, status?: JsonObject) => objectOf('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { scaleTargetRef: TARGET, maxReplicas: 5, ...spec }, ...(status && { status }) });
const v1 = (spec: JsonObject = {}) => objectOf('autoscaling/v1', 'HorizontalPodAutoscaler', { spec: { scaleTargetRef: TARGET, maxReplicas: 5, ...spec } });
const toV1 = (object: JsonObject) => rules.conversion?.fromStorage(cloneJson(object) as never, 'autoscaling/v1') ?? v1();
const toV2 = (object: JsonObject) => rules.conversion?.toStorage(cloneJson(object) as never, 'autoscaling/v1') ?? v2();

describe('Defaults', () => {
  test('one replica at least, and the CPU at 80 percent', () => {
    const { object, findings } = create(rules, v2(), 'v2');
    expect(findings).toEqual([]);
    expect(object['spec']).toMatchObject({ minReplicas: 1, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] });
  });

  test('a behavior is completed in both directions', () => {
    const { spec } = create(rules, v2({ behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }] } } }), 'v2').object as HorizontalPodAutoscaler;
    expect(spec?.behavior).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }] },
    });
  });
});

describe('autoscaling/v1', () => {
  test('its percentage is a metric of the stored object', () => {
    expect(toV2(v1({ targetCPUUtilizationPercentage: 55 }) as never)['spec']).toEqual({
      scaleTargetRef: TARGET,
      maxReplicas: 5,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 55 } } }],
    });
  });

  test('what it has no fields for travels in annotations', () => {
    const behavior = { scaleUp: { stabilizationWindowSeconds: 5, policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] } };
    const shown = toV1(v2({ metrics: [CPU, PODS], behavior }) as never);
    expect(shown['spec']).toMatchObject({ targetCPUUtilizationPercentage: 70 });
    expect(shown.metadata.annotations).toEqual({
      'autoscaling.alpha.kubernetes.io/metrics': '[{"type":"Pods","pods":{"metricName":"rps","targetAverageValue":"1500m","selector":{"matchLabels":{"verb":"GET"}}}}]',
      'autoscaling.alpha.kubernetes.io/behavior':
        '{"ScaleUp":{"StabilizationWindowSeconds":5,"SelectPolicy":null,"Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15}],"Tolerance":null},"ScaleDown":null}',
    });
  });

  test.each<[string, JsonObject, JsonObject | undefined]>([
    ['every kind of metric', { metrics: [PODS, OBJECT, EXTERNAL, CONTAINER] }, undefined],
    ['a tolerance', { metrics: [CPU], behavior: { scaleDown: { tolerance: '100m', policies: [{ type: 'Pods', value: 1, periodSeconds: 1 }] } } }, undefined],
    ['what was observed', { metrics: [CPU] }, {
      currentReplicas: 3,
      desiredReplicas: 4,
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 81, averageValue: '405m' } } },
        { type: 'Pods', pods: { metric: { name: 'rps' }, current: { averageValue: '900m' } } },
      ],
      conditions: [{ type: 'AbleToScale', status: 'True', lastTransitionTime: '2024-01-01T00:00:00Z', reason: 'Ready', message: 'm' }],
    }],
  ])('%s survives the way there and back', (_, spec, status) => {
    const object = v2(spec, status);
    expect(toV2(toV1(object as never) as never)).toEqual(object);
  });

  test('an annotation that cannot be read is passed over', () => {
    for (const text of ['no json', '[1]', '{"a":1}', '[{"type":1}]', '[{"type":"Pods","pods":{"targetAverageValue":"much"}}]']) {
      const object = v1({ targetCPUUtilizationPercentage: 55 });
      object.metadata.annotations = { 'autoscaling.alpha.kubernetes.io/metrics': text };
      expect((toV2(object as never) as HorizontalPodAutoscaler).spec?.metrics).toHaveLength(1);
    }
  });
});

describe('Validation', () => {
  const target = 'spec.metrics[0].resource.target';
  test.each<[string, JsonObject, string[]]>([
    ['no target', { scaleTargetRef: {} }, [
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
      'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
    ]],
    ['a replication controller needs no group', { scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'web' } }, []],
    ['no replicas', { minReplicas: 0, maxReplicas: 0 }, [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ]],
    ['the smallest above the largest', { minReplicas: 6 }, ['spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`']],
    ['a metric without its source', { metrics: [{ type: 'Pods', resource: CPU.resource }] }, ['spec.metrics[0].pods: Required value: must populate information for the given metric source']],
    ['two sources', { metrics: [{ ...CPU, pods: PODS.pods }] }, ['spec.metrics[0].pods: Forbidden: must populate the given metric source only']],
    ['a resource without a target', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }] }, [
      `${target}.averageUtilization: Required value: must set either a target raw value or a target utilization`,
    ]],
    ['nothing as a target', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '0' } } }] }, [`${target}.averageValue: Invalid value: "0": must be positive`]],
    ['a behavior out of bounds', { metrics: [CPU], behavior: { scaleUp: { stabilizationWindowSeconds: 3601, selectPolicy: 'Any', policies: [{ type: 'Cores', value: 0, periodSeconds: 1801 }] } } }, [
      'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
      'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Any": supported values: "Disabled", "Max", "Min"',
      'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Cores": supported values: "Percent", "Pods"',
      'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
      'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
    ]],
  ])('%s', (_, spec, findings) => {
    expect(create(rules, v2(spec), 'v2').findings).toEqual(findings);
  });

  test('zero replicas stay where they were once allowed', () => {
    const old = v2({ minReplicas: 0, metrics: [EXTERNAL] });
    expect(update(rules, old, () => undefined).findings).toEqual([]);
  });

  test('counts of a status are not negative', () => {
    const { findings } = update(rules, v2(), (object) => void (object['status'] = { currentReplicas: -1, desiredReplicas: -1 }), rules.status);
    expect(findings).toEqual(['status.currentReplicas: Invalid value: -1: must be greater than or equal to 0', 'status.desiredReplicas: Invalid value: -1: must be greater than or equal to 0']);
  });
});

describe('Table cells', () => {
  test.each<[string, JsonObject[], JsonObject[] | null, string]>([
    ['nothing known yet', [CPU], null, 'cpu: <unknown>/70%'],
    ['values beside their targets', [CPU, PODS], [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 81 } } },
      { type: 'Pods', pods: { metric: { name: 'rps' }, current: { averageValue: '900m' } } },
    ], 'cpu: 81%/70%, 900m/1500m'],
    ['more than two', [PODS, OBJECT, EXTERNAL], null, '<unknown>/1500m, <unknown>/2k + 1 more...'],
    ['averages', [EXTERNAL, CONTAINER], null, '<unknown>/30 (avg), memory: <unknown>/1Gi'],
  ])('%s', (_, metrics, currentMetrics, shown) => {
    const object = v2({ metrics, minReplicas: 1 }, { currentMetrics, desiredReplicas: 0 });
    expect(rules.cells?.(object, { nowMs: NOW_MS })).toEqual(['x', 'Deployment/web', shown, '1', 5, 0, '120m']);
  });
});
