import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment } from '../../api/types/generated/apps-v1.ts';
import type { HorizontalPodAutoscaler } from '../../api/types/generated/autoscaling-v2.ts';
import type { Event } from '../../api/types/generated/core-v1.ts';
import { LoopCluster } from '../loop-cluster.contract.ts';

const NS = '/api/v1/namespaces/default';
const SCALERS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const METRICS = '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods';
const QUEUE = '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/jobs';

/** A resource that answers as a metrics server does. */
const served = (group: string, plural: string, kind: string): object => ({
  metadata: { name: `${plural}.${group}`, annotations: { 'api-approved.kubernetes.io': 'https://example.com' } },
  spec: { group, scope: 'Namespaced', names: { plural, kind }, versions: [{ name: 'v1beta1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }] },
});

describe('an autoscaler', () => {
  let loops: LoopCluster;
  beforeEach(async () => {
    loops = await LoopCluster.open(['horizontal-pod-autoscaler-controller', 'deployment-controller', 'replicaset-controller', 'serviceaccount-controller']);
  });
  afterEach(() => loops.close());

  const deployment = async (replicas: number): Promise<void> => {
    const spec = { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }] };
    await loops.create(DEPLOYMENTS, { metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: { app: 'w' } }, template: { metadata: { labels: { app: 'w' } }, spec } } });
    await loops.settle(2000);
  };
  const scaler = async (spec: object, name = 'h'): Promise<void> => {
    await loops.create(SCALERS, { metadata: { name }, spec: { maxReplicas: 10, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, ...spec } });
    await loops.settle();
  };
  const replicas = async (): Promise<number | undefined> => (await loops.get<Deployment>(`${DEPLOYMENTS}/web`))?.spec?.replicas;
  const scalerNow = async (name = 'h'): Promise<HorizontalPodAutoscaler | undefined> => loops.get<HorizontalPodAutoscaler>(`${SCALERS}/${name}`);
  const conditions = async (): Promise<string[]> => ((await scalerNow())?.status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);
  const message = async (type: string): Promise<string | undefined> => (await scalerNow())?.status?.conditions?.find((condition) => condition.type === type)?.message;
  const events = async (): Promise<string[]> => {
    const list = await loops.get<{ items: Event[] }>(`${NS}/events?fieldSelector=involvedObject.name%3Dh`);
    return (list?.items ?? []).map(({ type, reason, message: text }) => `${type} ${reason}: ${text}`);
  };

  test.each<[string, number, object, number, string]>([
    ['too many', 12, {}, 10, 'New size: 10; reason: Current number of replicas above Spec.MaxReplicas'],
    ['too few', 1, { minReplicas: 3 }, 3, 'New size: 3; reason: Current number of replicas below Spec.MinReplicas'],
  ])('needs no metrics where there are %s replicas', async (_, before, spec, after, text) => {
    await deployment(before);
    await scaler(spec);
    expect([await replicas(), await events()]).toEqual([after, [`Normal SuccessfulRescale: ${text}`]]);
    expect((await scalerNow())?.status).toMatchObject({ currentReplicas: before, desiredReplicas: after, lastScaleTime: expect.any(String) });
  });

  test('leaves alone what is scaled to zero', async () => {
    await deployment(0);
    await scaler({});
    expect([await conditions(), await replicas()]).toEqual([['AbleToScale=True SucceededGetScale', 'ScalingActive=False ScalingDisabled'], 0]);
  });

  test('says what is missing: the target, its kind, the metrics', async () => {
    await scaler({ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Nothing', name: 'web' } });
    expect(await message('AbleToScale')).toBe('the HPA controller was unable to get the target\'s current scale: no matches for kind "Nothing" in group "apps"');
    await loops.merge(`${SCALERS}/h`, { spec: { scaleTargetRef: { kind: 'Deployment' } } });
    await loops.settle();
    expect(await message('AbleToScale')).toBe('the HPA controller was unable to get the target\'s current scale: deployments.apps "web" not found');
    await deployment(2);
    await loops.settle(16_000);
    expect(await message('ScalingActive')).toBe(
      'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
    );
    expect((await events()).map((text) => text.split(':')[0])).toEqual(expect.arrayContaining(['Warning FailedGetScale', 'Warning FailedGetResourceMetric', 'Warning FailedComputeMetricsReplicas']));
    expect(await replicas()).toBe(2);
  });

  test('grows with what its pods use, and shrinks five minutes after that was less', async () => {
    await loops.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', served('metrics.k8s.io', 'pods', 'PodMetrics'));
    await deployment(2);
    const measure = async (cpu: string): Promise<void> => {
      const known = await loops.names(METRICS);
      const containers = [{ name: 'c', usage: { cpu, memory: '1Mi' } }];
      for (const name of await loops.names(`${NS}/pods`)) {
        await loops.merge(`${NS}/pods/${name}/status`, { status: { phase: 'Running', startTime: '2020-01-01T00:00:00Z', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }] } });
        if (known.includes(name)) await loops.merge(`${METRICS}/${name}`, { containers });
        else await loops.create(METRICS, { apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics', metadata: { name, labels: { app: 'w' } }, timestamp: '2026-01-01T00:00:00Z', window: '30s', containers });
      }
    };
    await measure('160m');
    await scaler({});
    expect([await replicas(), await events()]).toEqual([4, ['Normal SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target']]);
    expect((await scalerNow())?.status?.currentMetrics).toEqual([{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 160, averageValue: '160m' } } }]);
    expect(await conditions()).toEqual(['AbleToScale=True SucceededRescale', 'ScalingActive=True ValidMetricFound', 'ScalingLimited=False DesiredWithinRange']);
    await measure('10m');
    await loops.settle(60_000);
    expect([await replicas(), (await conditions())[0]]).toEqual([4, 'AbleToScale=True ScaleDownStabilized']);
    await loops.settle(300_000);
    expect(await replicas()).toBe(1);
  });

  test('grows with what waits outside, also when another metric fails', async () => {
    await loops.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', served('external.metrics.k8s.io', 'jobs', 'ExternalMetricValue'));
    await deployment(2);
    await loops.create(QUEUE, { apiVersion: 'external.metrics.k8s.io/v1beta1', kind: 'ExternalMetricValue', metadata: { name: 'a' }, metricName: 'jobs', value: '35' });
    await scaler({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }, { type: 'External', external: { metric: { name: 'jobs' }, target: { type: 'AverageValue', averageValue: '10' } } }] });
    expect(await replicas()).toBe(4);
    expect((await scalerNow())?.status?.currentMetrics?.[1]).toEqual({ type: 'External', external: { metric: { name: 'jobs' }, current: { averageValue: '17500m' } } });
    await loops.merge(`${QUEUE}/a`, { value: '1' });
    await loops.settle(330_000);
    // What fails might have asked for more.
    expect([await replicas(), (await conditions())[1]]).toEqual([4, 'ScalingActive=False FailedGetResourceMetric']);
  });

  test('does nothing where another wants the same pods', async () => {
    await deployment(2);
    await scaler({});
    await scaler({}, 'i');
    await loops.settle(16_000);
    expect(await message('ScalingActive')).toBe('pods by selector app=w are controlled by multiple HPAs: [default/h default/i]');
  });
});
