import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../machinery/json.ts';
import type { KindRules } from '../kind-rules.ts';
import { rules as controllerRevisions } from './controllerrevisions/strategy.ts';
import { rules as daemonSets } from './daemonsets/strategy.ts';
import { rules as deployments } from './deployments/strategy.ts';
import { rules as replicaSets } from './replicasets/strategy.ts';
import { create, NOW_MS, objectOf, POD_TEMPLATE, update } from './rule-runs.test-data.ts';
import { rules as statefulSets } from './statefulsets/strategy.ts';
import type { DaemonSet, Deployment, StatefulSet } from './workload.ts';

const SELECTOR = { matchLabels: { app: 'x' } };
const workload = (kind: string, spec: JsonObject = {}) => objectOf('apps/v1', kind, { spec: { selector: SELECTOR, template: POD_TEMPLATE, ...spec } });

describe('What a writer leaves out', () => {
  test('a deployment gets one replica, a rolling update by quarters, and limits', () => {
    const { spec } = create(deployments, workload('Deployment')).object as Deployment;
    expect(spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: { spec: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' } },
    });
  });

  test('a strategy that recreates has no rolling update', () => {
    const { object, findings } = create(deployments, workload('Deployment', { strategy: { type: 'Recreate' } }));
    expect((object as Deployment).spec?.strategy).toEqual({ type: 'Recreate' });
    expect(findings).toEqual([]);
  });

  test('a replica set gets one replica', () => {
    expect(create(replicaSets, workload('ReplicaSet')).object['spec']).toMatchObject({ replicas: 1 });
  });

  test('a stateful set keeps its claims, and these become whole objects', () => {
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }, status: {} };
    const { object, findings } = create(statefulSets, workload('StatefulSet', { volumeClaimTemplates: [claim] }));
    expect(findings).toEqual([]);
    expect((object as StatefulSet).spec).toMatchObject({
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      revisionHistoryLimit: 10,
      volumeClaimTemplates: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }],
    });
  });

  test('a rolling update of stateful sets that is named without parameters stays without', () => {
    const { object } = create(statefulSets, workload('StatefulSet', { updateStrategy: { type: 'RollingUpdate' } }));
    expect((object as StatefulSet).spec?.updateStrategy).toEqual({ type: 'RollingUpdate' });
  });

  test('a daemon set replaces one pod after the other', () => {
    const { spec } = create(daemonSets, workload('DaemonSet')).object as DaemonSet;
    expect(spec).toMatchObject({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }, revisionHistoryLimit: 10 });
  });
});

const BAD_NAME = `Invalid value: "Bad": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;

describe('What is refused', () => {
  const unmatched = 'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`';
  test.each<[string, KindRules, string, JsonObject, string[]]>([
    ['no selector', deployments, 'Deployment', { selector: null }, ['spec.selector: Required value', unmatched]],
    ['a selector that selects everything', deployments, 'Deployment', { selector: {} }, ['spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
    ['a selector of something else', replicaSets, 'ReplicaSet', { selector: { matchLabels: { b: '1', a: '2' } } }, [unmatched]],
    [
      'a selector that cannot be read',
      deployments,
      'Deployment',
      { selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } },
      [
        "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"In"}]}: invalid label selector',
      ],
    ],
    ['less than nothing', deployments, 'Deployment', { replicas: -1, minReadySeconds: -1 }, [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
    ]],
    ['a deadline before pods count as ready', deployments, 'Deployment', { minReadySeconds: 600 }, ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds']],
    ['an update that may do nothing', deployments, 'Deployment', { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '0%' } } }, [
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ]],
    ['more than all', deployments, 'Deployment', { strategy: { rollingUpdate: { maxUnavailable: '101%' } } }, [
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ]],
    ['an unknown strategy', deployments, 'Deployment', { strategy: { type: 'Hope' } }, [
      'spec.strategy: Unsupported value: {"Type":"Hope","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ]],
    ['pods that come to an end', replicaSets, 'ReplicaSet', { template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } } }, [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ]],
    ['pods of a stateful set that cannot be', statefulSets, 'StatefulSet', { template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'Bad', image: 'i' }] } } }, [
      `spec.template.spec.containers[0].name: ${BAD_NAME}`,
    ]],
    ['a mount of no volume and no claim', statefulSets, 'StatefulSet', { template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] } } }, [
      'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ]],
    ['a service that cannot be one', statefulSets, 'StatefulSet', { serviceName: 'Bad' }, [`spec.serviceName: ${BAD_NAME}`]],
    ['a partition below the first pod', statefulSets, 'StatefulSet', { updateStrategy: { rollingUpdate: { partition: -1 } } }, [
      'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
    ]],
    ['two ways of updating a daemon set', daemonSets, 'DaemonSet', { updateStrategy: { rollingUpdate: { maxSurge: 1 } } }, [
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ]],
    ['no way of updating a daemon set', daemonSets, 'DaemonSet', { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } }, [
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ]],
  ])('%s', (_, rules, kind, spec, findings) => {
    expect(create(rules, workload(kind, spec)).findings).toEqual(findings);
  });

  test('a mount of a claim is found', () => {
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] } };
    const claims = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }];
    expect(create(statefulSets, workload('StatefulSet', { template, volumeClaimTemplates: claims })).findings).toEqual([]);
  });
});

describe('Updates', () => {
  const made = (rules: KindRules, kind: string, spec: JsonObject = {}) => {
    const { object } = create(rules, workload(kind, spec));
    object.metadata.generation = 1;
    return object;
  };

  test.each([
    ['Deployment', deployments],
    ['ReplicaSet', replicaSets],
    ['DaemonSet', daemonSets],
  ])('the selector of a %s stays', (kind, rules) => {
    const { findings } = update(rules, made(rules, kind), (object) => {
      (object as Deployment).spec = { ...(object as Deployment).spec, selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } };
    });
    expect(findings).toEqual(['spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Exists"}]}: field is immutable']);
  });

  test('changed annotations of a deployment count as a generation, changed labels do not', () => {
    const old = made(deployments, 'Deployment');
    expect(update(deployments, old, (object) => void (object.metadata.annotations = { a: 'b' })).object.metadata.generation).toBe(2);
    expect(update(deployments, old, (object) => void (object.metadata.labels = { a: 'b' })).object.metadata.generation).toBe(1);
  });

  test('the status endpoint of a deployment leaves labels alone', () => {
    const old = made(deployments, 'Deployment');
    const { object } = update(deployments, old, (changed) => void (changed.metadata.labels = { a: 'b' }), deployments.status);
    expect(object.metadata.labels).toBeUndefined();
  });

  test('a stateful set may change in a few fields', () => {
    const old = made(statefulSets, 'StatefulSet', { serviceName: 'a' });
    const allowed = update(statefulSets, old, (object) => Object.assign((object as StatefulSet).spec ?? {}, { replicas: 3, minReadySeconds: 5, ordinals: { start: 1 } }));
    expect(allowed.findings).toEqual([]);
    const refused = update(statefulSets, old, (object) => Object.assign((object as StatefulSet).spec ?? {}, { serviceName: 'b' }));
    expect(refused.findings).toEqual([
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ]);
  });

  test('the template generation of a daemon set is the server\'s', () => {
    const old = made(daemonSets, 'DaemonSet');
    const generation = (change: (object: DaemonSet) => void) =>
      update(daemonSets, old, (object) => change(object as DaemonSet)).object.metadata.annotations?.['deprecated.daemonset.template.generation'];
    expect(old.metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '1' });
    expect(generation((object) => void delete object.metadata.annotations)).toBe('1');
    expect(generation((object) => void (object.metadata.annotations = { 'deprecated.daemonset.template.generation': '9' }))).toBe('1');
    expect(generation((object) => Object.assign(object.spec?.template?.metadata ?? {}, { annotations: { a: 'b' } }))).toBe('2');
  });

  test.each<[string, JsonObject, string[]]>([
    ['more ready than there are', { replicas: 1, readyReplicas: 2 }, ['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas']],
    ['more available than ready', { replicas: 2, availableReplicas: 1 }, ['status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas']],
    ['a collision less', { collisionCount: 1 }, ['status.collisionCount: Invalid value: 1: cannot be decremented']],
    ['collisions forgotten', {}, ['status.collisionCount: Invalid value: 0: cannot be decremented']],
  ])('status with %s is refused', (_, status, findings) => {
    const old = made(deployments, 'Deployment');
    old['status'] = { collisionCount: 2 };
    const given = Object.keys(status).includes('replicas') ? { ...status, collisionCount: 2 } : status;
    expect(update(deployments, old, (object) => void (object['status'] = given), deployments.status).findings).toEqual(findings);
  });

  test('a controller revision is a record', () => {
    const revision = objectOf('apps/v1', 'ControllerRevision', { data: { a: 1 }, revision: 1 });
    expect(create(controllerRevisions, revision).findings).toEqual([]);
    expect(update(controllerRevisions, revision, (object) => void (object['data'] = { a: 2 })).findings).toEqual(['data: Invalid value: {"a":2}: field is immutable']);
    expect(create(controllerRevisions, objectOf('apps/v1', 'ControllerRevision', { revision: -1 })).findings).toEqual([
      'data: Required value: data is mandatory',
      'revision: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });
});

describe('Warnings', () => {
  test('names that are no DNS labels make odd pod names', () => {
    const object = workload('Deployment');
    object.metadata.name = 'with.dots';
    expect(create(deployments, object).warnings).toEqual([
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
    ]);
  });

  test('a stateful set that keeps all its revisions, and claims of half a byte', () => {
    const claims = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1500m' } } } }];
    expect(create(statefulSets, workload('StatefulSet', { revisionHistoryLimit: -1, volumeClaimTemplates: claims })).warnings).toEqual([
      'spec.volumeClaimTemplates[0].Spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
    ]);
  });
});

describe('Table cells', () => {
  const at = { nowMs: NOW_MS };
  const withStatus = (kind: string, rules: KindRules, status: JsonObject, spec: JsonObject = {}) => {
    const { object } = create(rules, workload(kind, spec));
    object['status'] = status;
    return object;
  };

  test('deployment', () => {
    const object = withStatus('Deployment', deployments, { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 }, { replicas: 3 });
    expect(deployments.cells?.(object, at)).toEqual(['x', '2/3', 3, 1, '120m', 'c', 'registry.example/app:1', 'app=x']);
  });

  test('replica set', () => {
    const object = withStatus('ReplicaSet', replicaSets, { replicas: 2, readyReplicas: 1 }, { replicas: 3 });
    expect(replicaSets.cells?.(object, at)).toEqual(['x', 3, 2, 1, '120m', 'c', 'registry.example/app:1', 'app=x']);
  });

  test('stateful set', () => {
    expect(statefulSets.cells?.(withStatus('StatefulSet', statefulSets, { readyReplicas: 1 }), at)).toEqual(['x', '1/1', '120m', 'c', 'registry.example/app:1']);
  });

  test('daemon set', () => {
    const object = withStatus('DaemonSet', daemonSets, { desiredNumberScheduled: 3, currentNumberScheduled: 2, numberReady: 1 });
    expect(daemonSets.cells?.(object, at)).toEqual(['x', 3, 2, 1, 0, 0, '<none>', '120m', 'c', 'registry.example/app:1', 'app=x']);
  });

  test('controller revision', () => {
    const revision = objectOf('apps/v1', 'ControllerRevision', { data: {}, revision: 3 });
    revision.metadata.ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u', controller: true }];
    expect(controllerRevisions.cells?.(revision, at)).toEqual(['x', 'statefulset.apps/web', 3, '120m']);
  });
});
