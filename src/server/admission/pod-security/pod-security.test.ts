import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { pod, podRefusal, podWrite, refusal, write } from '../admission-request.test-data.ts';
import { podSecurity, type PodSecurityOptions } from './pod-security.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const labels = (given: Record<string, string>) => Object.fromEntries(Object.entries(given).map(([key, value]) => [PREFIX + key, value]));
const namespace = (given: Record<string, string>, name = 'x') => object('v1', 'Namespace', { name, labels: labels(given) });
const plugin = (given: Record<string, string>, exemptions?: PodSecurityOptions['exemptions']) =>
  podSecurity({ reader: new MemoryReader([namespace(given)]), ...(exemptions && { exemptions }) });
const loud = { hostPID: true };
const violation = 'host namespaces (hostPID=true)';

describe('a pod', () => {
  test('is refused by what is enforced, and then nobody is warned', async () => {
    const request = podWrite(loud);
    expect(await podRefusal(plugin({ enforce: 'baseline', warn: 'restricted', audit: 'baseline' }), request)).toBe(`violates PodSecurity "baseline:latest": ${violation}`);
    expect(request.warnings).toEqual([]);
    expect(request.annotations).toEqual({ [`${PREFIX}enforce-policy`]: 'baseline:latest', [`${PREFIX}audit-violations`]: `would violate PodSecurity "baseline:latest": ${violation}` });
  });

  test('is let in with a warning, or with a note for auditors alone', async () => {
    const warned = podWrite(loud);
    expect(await podRefusal(plugin({ warn: 'baseline', 'warn-version': 'v1.30' }), warned)).toBeUndefined();
    expect(warned.warnings).toEqual([`would violate PodSecurity "baseline:v1.30": ${violation}`]);
    const audited = podWrite(loud);
    await podRefusal(plugin({ audit: 'baseline' }), audited);
    expect([audited.warnings, Object.keys(audited.annotations)]).toEqual([[], [`${PREFIX}enforce-policy`, `${PREFIX}audit-violations`]]);
  });

  test.each([
    ['an exempt user', { usernames: ['alice'] }, 'user'],
    ['an exempt namespace', { namespaces: ['x'] }, 'namespace'],
    ['an exempt runtime class', { runtimeClasses: ['vm'] }, 'runtimeClass'],
  ])('of %s is let in', async (_, exemptions, note) => {
    const request = podWrite({ ...loud, runtimeClassName: 'vm' });
    expect(await podRefusal(plugin({ enforce: 'baseline' }, exemptions), request)).toBeUndefined();
    expect(request.annotations).toEqual({ [`${PREFIX}exempt`]: note });
  });

  test('in a namespace whose level nobody can read is held to the strictest', async () => {
    const request = podWrite(loud);
    expect(await podRefusal(plugin({ enforce: 'strict', warn: 'x' }), request)).toMatch(/^violates PodSecurity "restricted:latest": host namespaces/);
    expect(request.annotations[`${PREFIX}error`]).toMatch(/^Failed to parse policy: \[metadata\.labels\[/);
  });

  test.each([
    ['labels', pod(loud, { labels: { a: 'b' } }), {}, false],
    ['an image', pod({ ...loud, containers: [{ name: 'c', image: 'other' }] }), {}, true],
    ['a debug container', pod({ ...loud, ephemeralContainers: [{ name: 'd', image: 'i' }] }), { subresource: 'ephemeralcontainers' }, true],
    ['an AppArmor annotation', pod(loud, { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'runtime/default' } }), {}, true],
    ['status', pod({ ...loud, containers: [{ name: 'c', image: 'other' }] }), { subresource: 'status' }, false],
  ])('that changes in %s', async (_, changed, partial, isChecked) => {
    const refused = await podRefusal(plugin({ enforce: 'baseline' }), write({ operation: 'UPDATE', object: changed, oldObject: pod(loud), ...partial }));
    expect(refused !== undefined).toBe(isChecked);
  });
});

describe('a workload', () => {
  const template = { spec: { containers: [{ name: 'c' }], ...loud } };
  test.each([
    ['apps', 'deployments', { spec: { template } }],
    ['batch', 'cronjobs', { spec: { jobTemplate: { spec: { template } } } }],
    ['', 'podtemplates', { template }],
    ['', 'replicationcontrollers', { spec: { template } }],
  ])('of %s/%s is warned of, never refused', async (group, resource, rest) => {
    const request = write({ resource: { group, version: 'v1', resource }, object: object('v1', 'Any', { name: 'w' }, rest) });
    expect(await refusal(plugin({ enforce: 'baseline', 'enforce-version': 'v1.35' }), request)).toBeUndefined();
    // Who enforces is warned of workloads without asking for it.
    expect(request.warnings).toEqual([`would violate PodSecurity "baseline:v1.35": ${violation}`]);
  });

  test('is not warned of where the namespace says so', async () => {
    const request = write({ resource: { group: 'apps', version: 'v1', resource: 'deployments' }, object: object('apps/v1', 'Deployment', { name: 'w' }, { spec: { template } }) });
    await refusal(plugin({ enforce: 'baseline', warn: 'privileged' }), request);
    expect(request.warnings).toEqual([]);
  });
});

describe('a namespace', () => {
  const of = (given: Record<string, string>, before?: Record<string, string>) =>
    write({ resource: { group: '', version: 'v1', resource: 'namespaces' }, object: namespace(given), ...(before && { operation: 'UPDATE' as const, oldObject: namespace(before) }) });
  const level = (key: string, value: string) => `metadata.labels[${PREFIX}${key}]: Invalid value: "${value}": must be one of privileged, baseline, restricted`;

  test.each([
    ['a level that is none', of({ warn: 'x' }), `Namespace "x" is invalid: ${level('warn', 'x')}`],
    ['a version that is none', of({ 'audit-version': '1.2' }), `Namespace "x" is invalid: metadata.labels[${PREFIX}audit-version]: Invalid value: "1.2": must be "latest" or "v1.x"`],
    ['both', of({ enforce: 'y', warn: 'x' }), `Namespace "x" is invalid: [${level('enforce', 'y')}, ${level('warn', 'x')}]`],
    ['a new mistake', of({ warn: 'x' }, { warn: 'y' }), `Namespace "x" is invalid: ${level('warn', 'x')}`],
    ['an old mistake that stays', of({ warn: 'x' }, { warn: 'x' }), undefined],
    ['nothing wrong', of({ enforce: 'baseline', 'enforce-version': 'v1.0' }), undefined],
  ])('with %s', async (_, request, message) => expect((await refusal(plugin({}), request))?.message).toBe(message));

  test('that becomes stricter lists the pods that it would not let in now', async () => {
    const pods = ['a', 'b', 'c'].map((name) => pod(loud, { name })).concat(pod({ hostIPC: true, hostNetwork: true }, { name: 'd' }), pod({}, { name: 'fine' }));
    const request = of({ enforce: 'baseline' }, {});
    await refusal(podSecurity({ reader: new MemoryReader(pods) }), request);
    expect(request.warnings).toEqual(['existing pods in namespace "x" violate the new PodSecurity enforce level "baseline:latest"', 'a (and 3 other pods): host namespaces']);
    for (const relaxed of [of({ enforce: 'privileged' }, { enforce: 'baseline' }), of({ enforce: 'baseline', warn: 'restricted' }, { enforce: 'baseline' })]) {
      await refusal(podSecurity({ reader: new MemoryReader(pods) }), relaxed);
      expect(relaxed.warnings).toEqual([]);
    }
  });
});
