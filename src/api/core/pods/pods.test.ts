import { describe, expect, test } from 'vitest';
import { formatFieldError, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { RuleContext } from '../../kind-rules.ts';
import type { PodSpec, PodStatus } from '../../pod-template/shapes.ts';
import { bindingConflict, bindPod, validateBinding } from './binding.ts';
import type { Pod } from './pod.ts';
import { computeQosClass } from './qos.ts';
import { rules } from './strategy.ts';

const NOW = Date.parse('2024-01-01T00:00:00Z');
const CONTEXT: RuleContext = { nowMs: NOW, userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0.5 };

/** As it would be stored. */
function pod(spec: object = {}, status: object = {}, metadata: object = {}): Pod {
  const made = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', creationTimestamp: '2023-12-31T23:59:00Z', ...metadata }, spec: { containers: [{ name: 'c', image: 'a:1' }], ...spec } } as Pod;
  rules.defaults?.(made, 'v1');
  rules.prepareForCreate?.(made, CONTEXT);
  made.status = { ...made.status, ...status } as PodStatus;
  return structuredClone(made);
}
function changed(old: Pod, change: (pod: Pod & { spec: PodSpec; status: PodStatus }) => void): Pod {
  const made = structuredClone(old) as Pod & { spec: PodSpec; status: PodStatus };
  change(made);
  return made;
}
const texts = (findings: FieldError[] | undefined): string[] => (findings ?? []).map(formatFieldError);
const update = (old: Pod, change: Parameters<typeof changed>[1]): string[] => texts(rules.validateUpdate?.(changed(old, change), old, CONTEXT));

describe('a new pod', () => {
  test('is pending, with its class of service', () => {
    expect(pod().status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  test('asks for what it is limited to', () => {
    const made = pod({ containers: [{ name: 'c', image: 'a', resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } }] });
    expect(made.spec?.containers?.[0]?.resources?.requests).toEqual({ cpu: '500m', memory: '1Gi' });
  });

  test('completes resources of its own from its containers, then from its limits', () => {
    const made = pod({ containers: [{ name: 'c', image: 'a', resources: { requests: { cpu: '1' } } }], resources: { limits: { cpu: '2', memory: '1Gi' } } });
    expect(made.spec?.resources).toEqual({ limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } });
  });

  test('that is gated says so', () => {
    expect(pod({ schedulingGates: [{ name: 'a.io/a' }] }).status?.conditions).toEqual([
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
        lastProbeTime: null,
        lastTransitionTime: '2024-01-01T00:00:00Z',
      },
    ]);
  });

  test('takes its own labels into its affinity', () => {
    const term = { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'a' } }, matchLabelKeys: ['rev', 'none'], mismatchLabelKeys: ['tenant'] };
    const made = pod({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }, {}, { labels: { rev: 'r1', tenant: 't' } });
    expect(made.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.labelSelector?.matchExpressions).toEqual([
      { key: 'rev', operator: 'In', values: ['r1'] },
      { key: 'tenant', operator: 'NotIn', values: ['t'] },
    ]);
  });

  test.each([
    [{ ephemeralContainers: [{ name: 'd', image: 'a', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' }] }, ['spec.ephemeralContainers: Forbidden: cannot be set on create']],
    [{ nodeName: 'n', schedulingGates: [{ name: 'a.io/a' }] }, ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared']],
    [{ containers: [{ name: 'c', image: ' a' }] }, ['spec.containers[0].image: Invalid value: " a": must not have leading or trailing whitespace']],
  ])('is judged: %j', (spec, expected) => {
    expect(texts(rules.validate?.(pod(spec), CONTEXT))).toEqual(expected);
  });

  test('whose name is no label draws a warning', () => {
    expect(rules.warningsOnCreate?.(pod({}, {}, { name: 'a.b' }), CONTEXT)[0]).toBe(
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    );
  });
});

describe('the class of service', () => {
  const resources = (limits: object, requests: object): object => ({ resources: { limits, requests } });
  test.each([
    ['BestEffort', { containers: [{}] }],
    ['BestEffort', { containers: [resources({}, { cpu: '0' })] }],
    ['BestEffort', { containers: [resources({}, { 'a.io/gpu': '1' })] }],
    ['Burstable', { containers: [resources({}, { cpu: '1' })] }],
    ['Burstable', { containers: [resources({ cpu: '1' }, { cpu: '1' })] }],
    ['Guaranteed', { containers: [resources({ cpu: '1', memory: '1Gi' }, { cpu: '1000m', memory: '1024Mi' })] }],
    ['Burstable', { containers: [resources({ cpu: '1', memory: '1Gi' }, { cpu: '1', memory: '1Gi' }), {}] }],
    ['Guaranteed', { containers: [{}], ...resources({ cpu: '1', memory: '1Gi' }, {}) }],
  ])('is %s for %j', (expected, spec) => {
    expect(computeQosClass(spec as PodSpec)).toBe(expected);
  });
});

describe('an update of a pod', () => {
  test('may change images, labels and add tolerations', () => {
    const old = pod({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }] });
    const findings = update(old, ({ spec, metadata }) => {
      metadata.labels = { a: 'b' };
      for (const container of spec.containers ?? []) container.image = 'b:2';
      spec.tolerations = [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 9 }, { key: 'b', operator: 'Exists' }];
    });
    expect(findings).toEqual([]);
  });

  test('shows what else was changed', () => {
    const findings = update(pod(), ({ spec }) => void (spec.nodeName = 'n1'));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(/^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,.*\n@@ -42,7 \+42,7 @@\n/);
    expect(findings[0]).toContain('\n- "NodeName": "",\n+ "NodeName": "n1",\n');
  });

  test('may not change the number of containers', () => {
    expect(update(pod(), ({ spec }) => void spec.containers?.push({ name: 'd', image: 'a:1', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' }))).toEqual([
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ]);
  });

  test('that empties an image is told twice', () => {
    expect(update(pod(), ({ spec }) => spec.containers?.forEach((container) => delete container.image))).toEqual(['spec.containers[0].image: Required value', 'spec.containers[0].image: Required value']);
  });

  test.each([
    [undefined, 5, []],
    [5, 3, []],
    [5, 9, ['spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value']],
    [5, undefined, ['spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value']],
  ])('moves the deadline from %s to %s', (before, after, expected) => {
    expect(update(pod({ activeDeadlineSeconds: before }), ({ spec }) => void (spec.activeDeadlineSeconds = after))).toEqual(expected);
  });

  test('may not take tolerations away', () => {
    expect(update(pod({ tolerations: [{ key: 'a', operator: 'Exists' }] }), ({ spec }) => void (spec.tolerations = []))).toEqual([
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ]);
  });

  test('may not change what the pod mirrors', () => {
    const key = 'kubernetes.io/config.mirror';
    expect(update(pod({ nodeName: 'n' }), ({ metadata }) => void (metadata.annotations = { [key]: 'x' }))).toEqual([`metadata.annotations[${key}]: Forbidden: may not add mirror pod annotation`]);
    expect(update(pod({ nodeName: 'n' }, {}, { annotations: { [key]: 'x' } }), ({ metadata }) => delete metadata.annotations)).toEqual([
      `metadata.annotations[${key}]: Forbidden: may not remove or update mirror pod annotation`,
    ]);
  });

  const gated = { schedulingGates: [{ name: 'a.io/a' }], nodeSelector: { a: '1' } };
  test('only takes gates away', () => {
    expect(update(pod(gated), ({ spec }) => void (spec.schedulingGates = []))).toEqual([]);
    expect(update(pod(gated), ({ spec }) => void (spec.schedulingGates = [{ name: 'a.io/b' }]))).toEqual([
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'a.io/b'",
    ]);
  });

  test('narrows where a gated pod may go, and nobody else', () => {
    const narrow = ({ spec }: { spec: PodSpec }): void => void (spec.nodeSelector = { a: '1', b: '2' });
    expect(update(pod(gated), narrow)).toEqual([]);
    expect(update(pod({ nodeSelector: { a: '1' } }), narrow)[0]).toContain('+  "b": "2"');
    expect(update(pod(gated), ({ spec }) => void (spec.nodeSelector = { a: '9' }))).toEqual([
      'spec.nodeSelector: Invalid value: {"a":"9"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ]);
  });
});

describe('a status of a pod', () => {
  const statusUpdate = (old: Pod, status: object): { findings: string[]; status: PodStatus | undefined } => {
    const made = changed(old, (next) => void Object.assign(next.status, status));
    rules.status?.prepareForUpdate?.(made, old, CONTEXT);
    return { findings: texts(rules.status?.validateUpdate?.(made, old, CONTEXT)), status: made.status };
  };

  test('names its address twice', () => {
    expect(statusUpdate(pod(), { podIP: '10.1.2.3' }).status?.podIPs).toEqual([{ ip: '10.1.2.3' }]);
    const dual = pod({}, { podIP: '10.1.2.3', podIPs: [{ ip: '10.1.2.3' }, { ip: 'fd00::1' }] });
    expect(statusUpdate(dual, { podIP: '10.1.2.4' }).status?.podIPs).toEqual([{ ip: '10.1.2.4' }]);
  });

  test.each([
    [{ podIP: 'nope' }, ['status.podIPs[0]: Invalid value: "nope": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    [{ podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], podIP: '10.0.0.1' }, ['status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.2"}]: may specify no more than one IP for each IP family']],
    [{ qosClass: 'Guaranteed' }, ['status.qosClass: Invalid value: "Guaranteed": field is immutable']],
    [{ observedGeneration: -1 }, ['status.observedGeneration: Invalid value: -1: must be a non-negative integer']],
    [{ hostIP: '1.1.1.1', hostIPs: [{ ip: '2.2.2.2' }] }, ['status.hostIPs[0].ip: Invalid value: "2.2.2.2": must be equal to `hostIP`']],
  ])('is judged: %j', (status, expected) => {
    expect(statusUpdate(pod(), status).findings).toEqual(expected);
  });

  const ended = { name: 'c', state: { terminated: { exitCode: 1 } } };
  const running = { name: 'c', state: { running: {} } };
  test.each([
    ['Always', [], []],
    ['OnFailure', [], []],
    ['Never', [], ['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state']],
  ])('brings an ended container back under restartPolicy %s only where it may', (restartPolicy, _, expected) => {
    expect(statusUpdate(pod({ restartPolicy }, { containerStatuses: [ended] }), { containerStatuses: [running] }).findings).toEqual(expected);
  });
});

describe('the ephemeralcontainers endpoint', () => {
  const endpoint = rules.subresources?.['ephemeralcontainers'];
  const debug = { name: 'd', image: 'b:1', imagePullPolicy: 'IfNotPresent', terminationMessagePolicy: 'File', terminationMessagePath: '/dev/termination-log', resources: {} } as const;

  test('takes nothing but debug containers', () => {
    const old = pod();
    const made = changed(old, ({ spec, metadata }) => {
      metadata.labels = { a: 'b' };
      spec.hostname = 'h';
      spec.ephemeralContainers = [debug];
    });
    endpoint?.prepareForUpdate?.(made, old, CONTEXT);
    expect(made.metadata).toEqual(old.metadata);
    expect(made.spec).toEqual({ ...old.spec, ephemeralContainers: [debug] });
    expect(texts(endpoint?.validateUpdate?.(made, old, CONTEXT))).toEqual([]);
  });

  test('neither changes nor removes them', () => {
    const old = changed(pod(), ({ spec }) => void (spec.ephemeralContainers = [debug]));
    const other = changed(old, ({ spec }) => void (spec.ephemeralContainers = [{ ...debug, image: 'b:2' }]));
    expect(texts(endpoint?.validateUpdate?.(other, old, CONTEXT))[0]).toContain('existing ephemeral containers "d" may not be changed\n@@ -1,6 +1,6 @@\n');
    expect(texts(endpoint?.validateUpdate?.(pod(), old, CONTEXT))).toEqual(['spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be removed\n']);
  });

  test('refuses what such containers cannot have', () => {
    const made = changed(pod(), ({ spec }) => void (spec.ephemeralContainers = [{ ...debug, targetContainerName: 'nope', resources: { limits: { cpu: '1' } } }]));
    expect(texts(endpoint?.validateUpdate?.(made, pod(), CONTEXT))).toEqual([
      'spec.ephemeralContainers[0].targetContainerName: Not found: "nope"',
      'spec.ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container',
    ]);
  });
});

describe('the resize endpoint', () => {
  const endpoint = rules.subresources?.['resize'];
  const sized = (cpu: string, more: object = {}): Pod => pod({ containers: [{ name: 'c', image: 'a:1', resources: { requests: { cpu }, limits: { cpu: '1' } } }], ...more });
  const resized = (old: Pod, resources: object): { made: Pod; findings: string[] } => {
    const made = changed(old, ({ spec }) => spec.containers?.forEach((container) => void Object.assign(container, { resources, image: 'other:1' })));
    endpoint?.prepareForUpdate?.(made, old, CONTEXT);
    return { made, findings: texts(endpoint?.validateUpdate?.(made, old, CONTEXT)) };
  };

  test('takes nothing but resources', () => {
    const { made, findings } = resized(sized('100m'), { requests: { cpu: '200m' }, limits: { cpu: '1' } });
    expect(findings).toEqual([]);
    expect(made.spec?.containers?.[0]).toMatchObject({ image: 'a:1', resources: { requests: { cpu: '200m' } } });
  });

  test.each([
    [{ requests: { cpu: '100m' } }, ['spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed']],
    [{ requests: { cpu: '2' }, limits: { cpu: '1' } }, ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1']],
    [{ requests: { cpu: '100m' }, limits: { cpu: '1', 'ephemeral-storage': '1Gi' } }, ['spec: Forbidden: only cpu and memory resources are mutable']],
  ])('is judged: %j', (resources, expected) => {
    expect(resized(sized('100m'), resources).findings).toEqual(expected);
  });

  test('does not serve windows pods', () => {
    expect(resized(sized('100m', { os: { name: 'windows' } }), { requests: { cpu: '2' } }).findings).toEqual(['[]: Forbidden: windows pods cannot be resized']);
  });
});

describe('a binding', () => {
  const binding = (target: object): KubeObject => ({ apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p', annotations: { a: 'b' } }, target });

  test('names a node', () => {
    expect(texts(validateBinding(binding({ kind: 'Pod' })))).toEqual(['target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"', 'target.name: Required value']);
    expect(validateBinding(binding({ kind: 'Node', name: 'n' }))).toEqual([]);
  });

  test('puts the pod on it', () => {
    const made = pod();
    bindPod(made, binding({ name: 'n1' }), NOW);
    expect(made.spec?.nodeName).toBe('n1');
    expect(made.metadata.annotations).toEqual({ a: 'b' });
    expect(made.status?.conditions).toEqual([{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: '2024-01-01T00:00:00Z' }]);
  });

  test.each([
    [{}, {}, undefined],
    [{ nodeName: 'n1' }, {}, 'pod p is already assigned to node "n1"'],
    [{ schedulingGates: [{ name: 'a.io/a' }] }, {}, 'pod p has non-empty .spec.schedulingGates'],
    [{}, { deletionTimestamp: '2024-01-01T00:00:00Z' }, 'pod p is being deleted, cannot be assigned to a host'],
  ])('conflicts with %j %j', (spec, metadata, expected) => {
    expect(bindingConflict(pod(spec, {}, metadata))).toBe(expected);
  });
});

describe('the deletion of a pod', () => {
  test.each([
    [{ nodeName: 'n' }, {}, undefined, 30],
    [{ nodeName: 'n' }, {}, 5, 5],
    [{ nodeName: 'n' }, {}, -7, 1],
    [{ nodeName: 'n' }, { phase: 'Succeeded' }, 20, 0],
    [{}, {}, 20, 0],
  ])('of %j %j asked to wait %s seconds waits %s', (spec, status, requested, seconds) => {
    expect(rules.gracefulDeletion?.(pod(spec, status), requested, CONTEXT)).toEqual({ gracePeriodSeconds: seconds });
  });
});

describe('the row of a pod', () => {
  const row = (spec: object, status: object, metadata: object = {}): unknown[] => rules.cells?.(pod(spec, status, metadata), { nowMs: NOW }) ?? [];
  const status = (name: string, state: object, more: object = {}): object => ({ name, state, restartCount: 0, ready: false, ...more });

  test('shows a pod that waits', () => {
    expect(row({}, {})).toEqual(['p', '0/1', 'Pending', '0', '60s', '<none>', '<none>', '<none>', '<none>']);
  });

  test('shows a pod that runs', () => {
    const running = { phase: 'Running', podIPs: [{ ip: '10.1.2.3' }], containerStatuses: [status('c', { running: {} }, { ready: true, restartCount: 3, lastState: { terminated: { finishedAt: '2023-12-31T23:55:00Z' } } })] };
    expect(row({ nodeName: 'n1' }, running)).toEqual(['p', '1/1', 'Running', '3 (5m ago)', '60s', '10.1.2.3', 'n1', '<none>', '<none>']);
  });

  test.each([
    ['ImagePullBackOff', {}, { containerStatuses: [status('c', { waiting: { reason: 'ImagePullBackOff' } })] }],
    ['ExitCode:3', {}, { phase: 'Failed', containerStatuses: [status('c', { terminated: { exitCode: 3 } })] }],
    ['Signal:9', {}, { containerStatuses: [status('c', { terminated: { exitCode: 137, signal: 9 } })] }],
    ['Completed', {}, { containerStatuses: [status('c', { terminated: { exitCode: 0, reason: 'Completed' } })] }],
    ['Evicted', {}, { phase: 'Failed', reason: 'Evicted' }],
    ['SchedulingGated', { schedulingGates: [{ name: 'a.io/a' }] }, {}],
    ['Init:0/2', { initContainers: [{ name: 'i', image: 'a' }, { name: 'j', image: 'a' }] }, { initContainerStatuses: [status('i', { running: {} })] }],
    ['Init:Error', { initContainers: [{ name: 'i', image: 'a' }] }, { initContainerStatuses: [status('i', { terminated: { exitCode: 1, reason: 'Error' } })] }],
    ['Init:ImagePullBackOff', { initContainers: [{ name: 'i', image: 'a' }] }, { initContainerStatuses: [status('i', { waiting: { reason: 'ImagePullBackOff' } })] }],
    [
      'NotReady',
      { containers: [{ name: 'c', image: 'a' }, { name: 'd', image: 'a' }] },
      { phase: 'Running', containerStatuses: [status('c', { terminated: { exitCode: 0, reason: 'Completed' } }), status('d', { running: {} }, { ready: true })] },
    ],
  ])('says %s', (expected, spec, state) => {
    expect(row(spec, state)[2]).toBe(expected);
  });

  test('counts sidecars among the ready', () => {
    const started = status('i', { running: {} }, { ready: true, started: true, restartCount: 1 });
    const state = { phase: 'Running', initContainerStatuses: [started], containerStatuses: [status('c', { running: {} }, { ready: true })] };
    expect(row({ initContainers: [{ name: 'i', image: 'a', restartPolicy: 'Always' }] }, state).slice(1, 4)).toEqual(['2/2', 'Running', '1']);
  });

  test('says that a pod is going, and how many of its gates are open', () => {
    expect(row({}, {}, { deletionTimestamp: '2024-01-01T00:00:00Z' })[2]).toBe('Terminating');
    expect(row({}, { reason: 'NodeLost' }, { deletionTimestamp: '2024-01-01T00:00:00Z' })[2]).toBe('Unknown');
    expect(row({ readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] }, { conditions: [{ type: 'a', status: 'True' }] })[8]).toBe('1/2');
  });

  test('is marked when the pod has ended', () => {
    expect(rules.rowConditions?.(pod({}, { phase: 'Failed' }))).toEqual([{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }]);
    expect(rules.rowConditions?.(pod())).toEqual([]);
  });
});

test('a pod can be selected by where it runs and how it does', () => {
  const made = pod({ nodeName: 'n', serviceAccountName: 's' }, { podIPs: [{ ip: '10.0.0.1' }] });
  const values = Object.fromEntries(Object.entries(rules.selectableFields ?? {}).map(([label, valueOf]) => [label, valueOf(made)]));
  expect(values).toEqual({
    'spec.nodeName': 'n',
    'spec.restartPolicy': 'Always',
    'spec.schedulerName': 'default-scheduler',
    'spec.serviceAccountName': 's',
    'spec.hostNetwork': 'false',
    'status.phase': 'Pending',
    'status.podIP': '10.0.0.1',
    'status.nominatedNodeName': '',
  });
});
