import { describe, expect, test } from 'vitest';
import type { Container, ContainerStatus, Pod, PodSpec } from '../../api/types/generated/core-v1.ts';
import { advancePod } from './advance-pod.ts';
import type { PodRun } from './pod-run.ts';
import { scriptProblems, scriptsOf } from './pod-scripts.ts';
import { computeStatus } from './pod-status.ts';
import { readRun } from './read-run.ts';

const T0 = Date.UTC(2026, 0, 1);
const PLACE = { hostIps: ['172.18.0.2'], podIps: ['10.244.0.2'] };
const container = (name: string, more: Partial<Container> = {}): Container => ({ name, image: 'nginx:1.27', imagePullPolicy: 'IfNotPresent', ...more });

function makePod({ spec = {}, annotations = {}, deletedS, graceS = 30 }: { spec?: Partial<PodSpec>; annotations?: Record<string, string>; deletedS?: number; graceS?: number }): Pod {
  const deletion = deletedS === undefined ? {} : { deletionTimestamp: new Date(T0 + 1000 * (deletedS + graceS)).toISOString(), deletionGracePeriodSeconds: graceS };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'u1', generation: 1, annotations, ...deletion },
    spec: { containers: [container('c')], restartPolicy: 'Always', nodeName: 'n', ...spec },
    status: { phase: 'Pending', qosClass: 'BestEffort', conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: '2025-12-31T23:59:59Z' }] },
  };
}

function stateText({ name, state, ready, restartCount }: ContainerStatus): string {
  const what = state?.waiting?.reason ?? (state?.terminated ? `${state.terminated.reason}(${state.terminated.exitCode})` : 'running');
  return `${name}:${what}${ready ? ' ready' : ''}${restartCount > 0 ? ` x${restartCount}` : ''}`;
}

interface Course {
  readonly lines: string[];
  readonly events: string[];
  readonly pod: Pod;
}

/** What a pod goes through, a line for each time that something happens; the pod may change at a time. */
function course(pod: Pod, untilS: number, changes: readonly { atS: number; change: (pod: Pod) => Pod }[] = [], forget = false): Course {
  let current = pod;
  let run: PodRun = { startedMs: T0, containers: new Map() };
  const lines: string[] = [];
  const events: string[] = [];
  const left = [...changes];
  for (let nowMs = T0; ; ) {
    const scripts = scriptsOf(current);
    const progress = advancePod(current, run, { scripts, nowMs });
    const status = computeStatus(current, progress.run, { place: PLACE, scripts, nowMs });
    current = { ...current, status };
    run = forget ? (readRun(current) as PodRun) : progress.run;
    const at = (nowMs - T0) / 1000;
    lines.push([`${at}s ${status.phase}`, ...[...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(stateText)].join(' | '));
    events.push(...progress.events.map(({ reason, message, container: about }) => `${at}s ${about?.name ?? ''} ${reason}: ${message}`));
    const next = left[0];
    const nextMs = Math.min(progress.wakeMs, next ? T0 + 1000 * next.atS : Infinity);
    if (nextMs > T0 + 1000 * untilS) return { lines, events, pod: current };
    nowMs = nextMs;
    if (next && T0 + 1000 * next.atS === nowMs) {
      left.shift();
      current = next.change(current);
    }
  }
}

const own = (setting: string, name: string, value: string): Record<string, string> => ({ [`${setting}.simulated.steersman.dev/${name}`]: value });
const all = (setting: string, value: string): Record<string, string> => ({ [`simulated.steersman.dev/${setting}`]: value });
const deleteAt = (atS: number, graceS = 30): { atS: number; change: (pod: Pod) => Pod } => ({
  atS,
  change: (pod) => ({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date(T0 + 1000 * (atS + graceS)).toISOString(), deletionGracePeriodSeconds: graceS } }),
});

describe('a pod', () => {
  test.each<[string, Parameters<typeof makePod>[0], string[], Parameters<typeof course>[2]?]>([
    ['that serves runs from the start on', {}, ['0s Running | c:running ready']],
    ['of a task completes after a second', { spec: { restartPolicy: 'Never' } }, ['0s Running | c:running ready', '1s Succeeded | c:Completed(0)']],
    ['of a task that may be restarted completes once', { spec: { restartPolicy: 'OnFailure' } }, ['0s Running | c:running ready', '1s Succeeded | c:Completed(0)']],
    [
      'waits for its image',
      { annotations: all('pull-duration', '3s') },
      ['0s Pending | c:ContainerCreating', '3s Running | c:running ready'],
    ],
    [
      'whose image does not come backs off ever longer',
      { annotations: { ...all('pull-error', 'no such image'), ...all('pull-failures', '2') } },
      ['0s Pending | c:ErrImagePull', '1s Pending | c:ImagePullBackOff', '10s Pending | c:ErrImagePull', '11s Pending | c:ImagePullBackOff', '30s Running | c:running ready'],
    ],
    [
      'is ready only some time after its start',
      { annotations: all('ready-after', '5s') },
      ['0s Running | c:running', '5s Running | c:running ready'],
    ],
    ['that never becomes ready runs', { annotations: all('ready-after', 'never') }, ['0s Running | c:running']],
    [
      'whose container crashes is restarted at once, then held back ever longer',
      { annotations: all('exit-code', '2') },
      ['0s Running | c:running ready', '1s Running | c:running ready x1', '2s Running | c:CrashLoopBackOff x1', '12s Running | c:running ready x2', '13s Running | c:CrashLoopBackOff x2', '33s Running | c:running ready x3', '34s Running | c:CrashLoopBackOff x3'],
    ],
    [
      'that failed often enough goes on as usual',
      { annotations: { ...all('exit-code', '2'), ...all('failures', '1'), ...all('run-duration', '4s') } },
      ['0s Running | c:running ready', '4s Running | c:running ready x1'],
    ],
    ['of a task fails for good when it may not be restarted', { spec: { restartPolicy: 'Never' }, annotations: all('exit-code', '3') }, ['0s Running | c:running ready', '1s Failed | c:Error(3)']],
    [
      'with a container that has rules of its own restarts it by them',
      { spec: { restartPolicy: 'Never', containers: [container('c', { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] })] }, annotations: { ...all('exit-code', '42'), ...all('failures', '1') } },
      ['0s Running | c:running ready', '1s Running | c:running ready x1', '2s Succeeded | c:Completed(0) x1'],
    ],
    [
      'runs its init containers one after the other, then all others',
      { spec: { initContainers: [container('a'), container('b')], containers: [container('c'), container('d')] }, annotations: { ...own('run-duration', 'a', '2s'), ...own('run-duration', 'b', '1s') } },
      [
        '0s Pending | a:running | b:PodInitializing | c:PodInitializing | d:PodInitializing',
        '2s Pending | a:Completed(0) ready | b:running | c:PodInitializing | d:PodInitializing',
        '3s Running | a:Completed(0) ready | b:Completed(0) ready | c:running ready | d:running ready',
      ],
    ],
    [
      'fails with its init container when it may not be restarted',
      { spec: { restartPolicy: 'Never', initContainers: [container('a')] }, annotations: own('exit-code', 'a', '1') },
      ['0s Failed | a:Error(1) | c:PodInitializing'],
    ],
    [
      'restarts its init container until that succeeds',
      { spec: { initContainers: [container('a')] }, annotations: { ...own('exit-code', 'a', '1'), ...own('run-duration', 'a', '1s'), ...own('failures', 'a', '2') } },
      ['0s Pending | a:running | c:PodInitializing', '1s Pending | a:running x1 | c:PodInitializing', '2s Pending | a:CrashLoopBackOff x1 | c:PodInitializing', '12s Running | a:Completed(0) ready x2 | c:running ready'],
    ],
    [
      'starts a sidecar before the others, and stops it when they are done',
      { spec: { restartPolicy: 'Never', initContainers: [container('s', { restartPolicy: 'Always' })] }, annotations: own('stop-duration', 's', '2s') },
      ['0s Running | s:running ready | c:running ready', '1s Running | s:running ready | c:Completed(0)', '3s Succeeded | s:Completed(0) | c:Completed(0)'],
    ],
    [
      'restarts a sidecar whatever its own policy',
      { spec: { restartPolicy: 'Never', initContainers: [container('s', { restartPolicy: 'Always' })] }, annotations: { ...own('exit-code', 's', '1'), ...own('failures', 's', '1'), ...all('run-duration', '5s') } },
      ['0s Running | s:running ready | c:running ready', '1s Running | s:running ready x1 | c:running ready', '5s Succeeded | s:Completed(0) x1 | c:Completed(0)'],
    ],
    [
      'that is active for too long fails',
      { spec: { activeDeadlineSeconds: 4 } },
      ['0s Running | c:running ready', '4s Failed | c:Completed(0)'],
    ],
    ['that is deleted ends in order', {}, ['0s Running | c:running ready', '5s Succeeded | c:Completed(0)'], [deleteAt(5)]],
    ['of a task that is deleted has failed', { spec: { restartPolicy: 'Never' }, annotations: all('run-duration', '1m') }, ['0s Running | c:running ready', '5s Failed | c:Error(143)'], [deleteAt(5)]],
    [
      'that does not end by itself is killed after its grace period',
      { annotations: all('stop-duration', 'never') },
      ['0s Running | c:running ready', '5s Running | c:running ready', '35s Failed | c:Error(137)'],
      [deleteAt(5)],
    ],
    [
      'is killed sooner when its grace period is shortened',
      { annotations: all('stop-duration', '20s') },
      ['0s Running | c:running ready', '5s Running | c:running ready', '8s Running | c:running ready', '9s Failed | c:Error(137)'],
      [deleteAt(5), deleteAt(8, 1)],
    ],
    [
      'stops its sidecars after the others, the last one first',
      { spec: { initContainers: [container('s', { restartPolicy: 'Always' }), container('t', { restartPolicy: 'Always' })] }, annotations: { ...own('stop-duration', 's', '1s'), ...own('stop-duration', 't', '2s'), ...own('stop-duration', 'c', '3s') } },
      [
        '0s Running | s:running ready | t:running ready | c:running ready',
        '1s Running | s:running ready | t:running ready | c:running ready',
        '4s Running | s:running ready | t:running ready | c:Completed(0)',
        '6s Running | s:running ready | t:Completed(0) | c:Completed(0)',
        '7s Succeeded | s:Completed(0) | t:Completed(0) | c:Completed(0)',
      ],
      [deleteAt(1)],
    ],
    ['that is deleted before its image came has failed', { annotations: all('pull-duration', '1m') }, ['0s Pending | c:ContainerCreating', '5s Failed | c:ContainerStatusUnknown(137)'], [deleteAt(5)]],
    [
      'that is deleted while it is held back has failed as it did',
      { annotations: all('exit-code', '2') },
      ['0s Running | c:running ready', '1s Running | c:running ready x1', '2s Running | c:CrashLoopBackOff x1', '5s Failed | c:Error(2) x1'],
      [deleteAt(5)],
    ],
    [
      'whose image is changed is restarted',
      {},
      ['0s Running | c:running ready', '5s Running | c:running ready x1'],
      [{ atS: 5, change: (pod) => ({ ...pod, spec: { ...pod.spec, containers: [container('c', { image: 'nginx:1.28' })] } }) }],
    ],
    [
      'takes up a container for debugging',
      {},
      ['0s Running | c:running ready', '5s Running | c:running ready'],
      [{ atS: 5, change: (pod) => ({ ...pod, spec: { ...pod.spec, containers: pod.spec?.containers ?? [], ephemeralContainers: [{ name: 'debug', image: 'busybox' }] } }) }],
    ],
  ])('%s', (_, options, expected, changes = []) => {
    expect(course(makePod(options), 50, changes).lines).toEqual(expected);
  });

  test('goes on where it was when the process is started anew at any time', () => {
    const spec: Partial<PodSpec> = { restartPolicy: 'Never', initContainers: [container('a'), container('s', { restartPolicy: 'Always' })], containers: [container('c')] };
    const annotations = { ...own('run-duration', 'a', '2s'), ...all('run-duration', '5s'), ...all('ready-after', '1s') };
    const pod = makePod({ spec, annotations });
    expect(course(pod, 50, [], true)).toEqual(course(pod, 50));
  });

  test('says what a kubelet says', () => {
    const crash = course(makePod({ annotations: { ...all('exit-code', '2'), ...all('failures', '2') } }), 5);
    expect(crash.events).toEqual([
      '0s c Pulled: Container image "nginx:1.27" already present on machine and can be accessed by the pod',
      '0s c Created: Container created',
      '0s c Started: Container started',
      '1s c Pulled: Container image "nginx:1.27" already present on machine and can be accessed by the pod',
      '1s c Created: Container created',
      '1s c Started: Container started',
      '2s c BackOff: Back-off restarting failed container c in pod web_default(u1)',
    ]);
    expect(crash.pod.status?.containerStatuses?.[0]).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container=c pod=web_default(u1)' } },
      lastState: { terminated: { exitCode: 2, reason: 'Error', startedAt: '2026-01-01T00:00:01Z', finishedAt: '2026-01-01T00:00:02Z' } },
    });
    expect(course(makePod({ annotations: all('pull-error', 'true') }), 1).events).toEqual([
      '0s c Pulling: Pulling image "nginx:1.27"',
      '0s c Failed: Failed to pull image "nginx:1.27": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.27": failed to resolve reference "docker.io/library/nginx:1.27": docker.io/library/nginx:1.27: not found',
      '0s c Failed: Error: ErrImagePull',
      '1s c BackOff: Back-off pulling image "nginx:1.27"',
      '1s c Failed: Error: ImagePullBackOff',
    ]);
    expect(course(makePod({}), 5, [deleteAt(2)]).events.at(-1)).toBe('2s c Killing: Stopping container c');
  });

  test('has the status that a kubelet reports', () => {
    const { pod } = course(makePod({ spec: { containers: [container('c', { resources: { requests: { cpu: '100m' } }, volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }] })] } }), 1);
    const condition = (type: string, lastTransitionTime = '2026-01-01T00:00:00Z'): object => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime, observedGeneration: 1 });
    expect(pod.status).toEqual({
      phase: 'Running',
      qosClass: 'BestEffort',
      observedGeneration: 1,
      startTime: '2026-01-01T00:00:00Z',
      hostIP: '172.18.0.2',
      hostIPs: [{ ip: '172.18.0.2' }],
      podIP: '10.244.0.2',
      podIPs: [{ ip: '10.244.0.2' }],
      conditions: [condition('PodReadyToStartContainers'), condition('Initialized'), condition('Ready'), condition('ContainersReady'), condition('PodScheduled', '2025-12-31T23:59:59Z')],
      containerStatuses: [
        {
          name: 'c',
          state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
          lastState: {},
          ready: true,
          restartCount: 0,
          image: 'docker.io/library/nginx:1.27',
          imageID: expect.stringMatching(/^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/) as string,
          containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/) as string,
          started: true,
          allocatedResources: { cpu: '100m' },
          resources: { requests: { cpu: '100m' } },
          volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true, recursiveReadOnly: 'Disabled' }],
        },
      ],
    });
  });

  test('is ready once its gates are open', () => {
    const pod = makePod({ spec: { readinessGates: [{ conditionType: 'example.com/a' }, { conditionType: 'example.com/b' }] } });
    const gate = (type: string, status: 'True' | 'False') => ({ type, status, lastTransitionTime: '2026-01-01T00:00:00Z' });
    const ready = ({ status }: Pod): object | undefined => status?.conditions?.find(({ type }) => type === 'Ready');
    const closed = { ...pod, status: { ...pod.status, conditions: [gate('example.com/b', 'False')] } };
    expect(ready(course(closed, 1).pod)).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message: 'corresponding condition of pod readiness gate "example.com/a" does not exist., the status of pod readiness gate "example.com/b" is not "True", but False',
    });
    const open = { ...pod, status: { ...pod.status, conditions: [gate('example.com/a', 'True'), gate('example.com/b', 'True')] } };
    expect(ready(course(open, 1).pod)).toMatchObject({ status: 'True' });
    expect(course(open, 1).pod.status?.conditions?.map(({ type }) => type).slice(0, 2)).toEqual(['example.com/a', 'example.com/b']);
  });

  test('tells which of its settings cannot be read', () => {
    const pod = makePod({ annotations: { ...all('run-duration', 'long'), ...own('exit-code', 'c', '256'), ...own('exit-code', 'other', 'x') } });
    expect(scriptProblems(pod)).toEqual([
      'annotation simulated.steersman.dev/run-duration: time: invalid duration "long"',
      'annotation exit-code.simulated.steersman.dev/c: "256" is no whole number from 0 to 255',
    ]);
    expect(course(pod, 1).lines).toEqual(['0s Running | c:running ready']);
  });
});
