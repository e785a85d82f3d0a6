import { expect, test } from 'vitest';
import { systemClock } from '../../machinery/clock.ts';
import { MemoryReader } from '../authorization/memory-reader.test-data.ts';
import { defaultAdmissionPlugins, type DefaultAdmissionOptions } from './default-plugins.ts';
import { selectAdmissionPlugins } from './plugin-selection.ts';

const options: DefaultAdmissionOptions = {
  reader: new MemoryReader(),
  authorizer: { name: 'nobody', authorize: () => ({ decision: 'no-opinion' }) },
  quotas: { hasQuotas: () => false, read: async () => [], charge: async () => true },
  resourcesOfKind: () => [],
  clock: systemClock,
  random: () => 0,
};
const names = (more: Partial<DefaultAdmissionOptions> = {}): string[] => defaultAdmissionPlugins({ ...options, ...more }).map(({ name }) => name);

/** Placed by who makes them. */
const FROM_OUTSIDE = ['MutatingAdmissionPolicy', 'MutatingAdmissionWebhook', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionWebhook'];
/** For kinds and features that are not served. */
const WITHOUT_EFFECT = ['PodGroupProtection', 'PodGroupWorkloadExists', 'JobValidation'];

test('every default plugin is there, under its own name and in its place', () => {
  expect(names()).toEqual(selectAdmissionPlugins().filter((name) => !FROM_OUTSIDE.includes(name) && !WITHOUT_EFFECT.includes(name)));
});

test('every plugin that a flag can turn on is there', () => {
  const off = ['AlwaysAdmit', 'NamespaceExists', 'LimitPodHardAntiAffinityTopology', 'NodeRestriction', 'AlwaysPullImages', 'PodNodeSelector', 'PodTolerationRestriction'];
  const enabled = [...off, 'ExtendedResourceToleration', 'OwnerReferencesPermissionEnforcement', 'DenyServiceExternalIPs', 'AlwaysDeny'];
  expect(names({ enabled })).toEqual(expect.arrayContaining(enabled));
  expect(names({ disabled: ['Priority'] })).not.toContain('Priority');
  expect(() => names({ enabled: ['Nonesuch'] })).toThrow('enable-admission-plugins plugin "Nonesuch" is unknown');
});

test('flags turn off what is made elsewhere, too', () => {
  const more = [{ name: 'ValidatingAdmissionPolicy', handles: () => true }, { name: 'Ours', handles: () => true }];
  expect(names({ more, disabled: ['ValidatingAdmissionPolicy'] })).not.toContain('ValidatingAdmissionPolicy');
  expect(names({ more }).at(-1)).toBe('Ours');
});

test('webhooks come after what changes pods in the process, and before quotas', () => {
  const placed = names({ more: [{ name: 'ValidatingAdmissionWebhook', handles: () => true }, { name: 'MutatingAdmissionWebhook', handles: () => true }] });
  expect(placed.slice(-4)).toEqual(['PodResizeValidator', 'MutatingAdmissionWebhook', 'ValidatingAdmissionWebhook', 'ResourceQuota']);
});
