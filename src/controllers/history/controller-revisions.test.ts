import { expect, test } from 'vitest';
import { formatGoJson } from './go-json.ts';
import { revisionData, revisionsToForget, sameData, templateOf, type SharedRevision } from './controller-revisions.ts';
import { revisionHash } from './revision-hash.ts';

const TEMPLATE = {
  metadata: { labels: { app: 'x', v: '1' } },
  spec: {
    automountServiceAccountToken: false,
    containers: [{ image: 'nginx:1.27', imagePullPolicy: 'IfNotPresent', name: 'c', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }],
    dnsPolicy: 'ClusterFirst',
    nodeSelector: { 'kubernetes.io/hostname': 'node-2' },
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 0,
  },
} as const;

test('a revision of a template has the hash that kube-controller-manager gives it, whatever the order of its keys', () => {
  expect(revisionHash(revisionData(TEMPLATE), 0)).toBe('58b75d66');
  const { spec, metadata } = TEMPLATE;
  expect(revisionHash(revisionData({ spec, metadata: { labels: { v: metadata.labels.v, app: metadata.labels.app } } }), 0)).toBe('58b75d66');
  expect(revisionHash(revisionData(TEMPLATE), 1)).not.toBe('58b75d66');
});

test('JSON is written as Go writes it', () => {
  expect(formatGoJson({ b: '<a & b>', a: ['\u2028', 1, null, { d: true, c: 'é' }] })).toBe('{"a":["\\u2028",1,null,{"c":"é","d":true}],"b":"\\u003ca \\u0026 b\\u003e"}');
});

test('data that writes out what is absent is the same, and gives the same template back', () => {
  expect(sameData(revisionData({ ...TEMPLATE, spec: { containers: [] } }), revisionData(TEMPLATE))).toBe(false);
  const withNull = revisionData({ ...TEMPLATE, metadata: { ...TEMPLATE.metadata, creationTimestamp: null } } as never);
  expect(sameData(withNull, revisionData(TEMPLATE))).toBe(true);
  expect(templateOf({ data: revisionData(TEMPLATE) } as unknown as SharedRevision)).toEqual(TEMPLATE);
});

test.each([
  [0, ['a', 'c']],
  [1, ['a']],
  [2, []],
])('of three revisions, one of them in use, a limit of %d forgets %j', (limit, forgotten) => {
  const revisions = ['a', 'b', 'c'].map((name) => ({ metadata: { name } }) as unknown as SharedRevision);
  expect(revisionsToForget(revisions, new Set(['b']), limit).map(({ metadata }) => metadata.name)).toEqual(forgotten);
});
