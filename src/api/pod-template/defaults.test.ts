import { describe, expect, test } from 'vitest';
import { defaultPodTemplate, syncServiceAccount } from './defaults.ts';
import type { PodSpec } from './shapes.ts';

const defaulted = (spec: PodSpec): PodSpec => {
  const template = { spec: structuredClone(spec) };
  defaultPodTemplate(template);
  return template.spec;
};

describe('a pod template', () => {
  test('gets what every pod spec has', () => {
    expect(defaulted({ containers: [{ name: 'c', image: 'nginx:1' }] })).toEqual({
      containers: [
        { name: 'c', image: 'nginx:1', imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {} },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    });
  });

  test('keeps what is given', () => {
    const given = { dnsPolicy: 'Default', restartPolicy: 'Never', schedulerName: 's', securityContext: { runAsUser: 0 }, terminationGracePeriodSeconds: -1 } as const;
    expect(defaulted(given as PodSpec)).toEqual(given);
  });

  test.each([
    ['probe numbers', { livenessProbe: { exec: { command: ['a'] } } }, { livenessProbe: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 } }],
    ['an HTTP action', { readinessProbe: { httpGet: { port: 80 } } }, { readinessProbe: { httpGet: { path: '/', scheme: 'HTTP' } } }],
    ['a hook', { lifecycle: { preStop: { httpGet: { port: 80 } } } }, { lifecycle: { preStop: { httpGet: { path: '/', scheme: 'HTTP' } } } }],
    ['a gRPC service', { startupProbe: { grpc: { port: 1 } } }, { startupProbe: { grpc: { service: '' } } }],
    ['a field reference', { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'x' } } }] }, { env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }] }],
    ['a divisor', { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }] }, { env: [{ valueFrom: { resourceFieldRef: { divisor: '0' } } }] }],
    ['a port', { ports: [{ containerPort: 1 }] }, { ports: [{ protocol: 'TCP' }] }],
    ['a finer amount', { resources: { requests: { cpu: '0.0001' } } }, { resources: { requests: { cpu: '1m' } } }],
  ])('completes %s', (_, container, expected) => {
    expect(defaulted({ containers: [container as never] }).containers?.[0]).toMatchObject(expected);
  });

  test('does not ask for what it is limited to: only pods do', () => {
    expect(defaulted({ containers: [{ resources: { limits: { cpu: '1' } } }] }).containers?.[0]?.resources).toEqual({ limits: { cpu: '1' } });
  });

  test.each([
    [{ name: 'v' }, { name: 'v', emptyDir: {} }],
    [{ name: 'v', secret: { secretName: 's' } }, { name: 'v', secret: { secretName: 's', defaultMode: 420 } }],
    [{ name: 'v', hostPath: { path: '/' } }, { name: 'v', hostPath: { path: '/', type: '' } }],
    [{ name: 'v', image: { reference: 'a' } }, { name: 'v', image: { reference: 'a', pullPolicy: 'Always' } }],
    [
      { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      { name: 'v', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] } },
    ],
    [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: {} } } }, { name: 'v', ephemeral: { volumeClaimTemplate: { spec: { volumeMode: 'Filesystem' } } } }],
  ])('completes the volume %j', (volume, expected) => {
    expect(defaulted({ volumes: [volume as never] }).volumes).toEqual([expected]);
  });

  test('loses annotations that init containers had long ago', () => {
    const template = { metadata: { annotations: { 'pod.beta.kubernetes.io/init-containers': '[]', a: 'b' } } };
    defaultPodTemplate(template);
    expect(template.metadata.annotations).toEqual({ a: 'b' });
  });

  test.each([
    [{ serviceAccount: 'old' }, { serviceAccount: 'old', serviceAccountName: 'old' }],
    [{ serviceAccountName: 'new', serviceAccount: 'old' }, { serviceAccount: 'new', serviceAccountName: 'new' }],
    [{}, {}],
  ])('names its service account twice: %j', (spec, expected) => {
    syncServiceAccount(spec);
    expect(spec).toEqual(expected);
  });
});
