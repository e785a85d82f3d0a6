import { describe, expect, test } from 'vitest';
import { loadFacts } from '../../api/facts/facts.ts';
import { AdmissionPluginsError, placeAdmissionPlugin, selectAdmissionPlugins } from './plugin-selection.ts';

test('the default plugins are those of kube-apiserver, in its order', () => {
  expect(selectAdmissionPlugins()).toEqual(loadFacts().defaultAdmissionPlugins);
});

test('flags add and take away, with several names in one value, and the order stays', () => {
  const names = selectAdmissionPlugins(['AlwaysPullImages, NodeRestriction', 'AlwaysDeny'], ['PodSecurity,LimitRanger', 'ResourceQuota']);
  expect(names).toEqual(expect.arrayContaining(['AlwaysPullImages', 'NodeRestriction', 'AlwaysDeny']));
  expect(names).not.toEqual(expect.arrayContaining(['PodSecurity']));
  expect(names.indexOf('ServiceAccount')).toBeLessThan(names.indexOf('NodeRestriction'));
  expect(names.at(-1)).toBe('AlwaysDeny');
});

describe('flags that cannot be followed', () => {
  test.each([
    [['PodSecurityPolicy'], [], 'enable-admission-plugins plugin "PodSecurityPolicy" is unknown'],
    [[], ['constructor'], 'disable-admission-plugins plugin "constructor" is unknown'],
    [['Priority'], ['Priority'], '[Priority] in enable-admission-plugins and disable-admission-plugins overlapped'],
    [['EventRateLimit'], [], 'enable-admission-plugins plugin "EventRateLimit" is not available: it needs --admission-control-config-file; events are limited by priority and fairness'],
  ])('%j %j', (enabled, disabled, message) => {
    expect(() => selectAdmissionPlugins(enabled, disabled)).toThrow(new AdmissionPluginsError(message));
  });
});

test('a plugin from outside goes where its name belongs, and one of a foreign name behind all', () => {
  const named = (...names: string[]): { name: string }[] => names.map((name) => ({ name }));
  const placed = placeAdmissionPlugin(named('NamespaceLifecycle', 'ResourceQuota', 'RBACEscalation'), { name: 'MutatingAdmissionWebhook' });
  expect(placed.map(({ name }) => name)).toEqual(['NamespaceLifecycle', 'MutatingAdmissionWebhook', 'ResourceQuota', 'RBACEscalation']);
  expect(placeAdmissionPlugin(placed, { name: 'Mine' }).at(-1)).toEqual({ name: 'Mine' });
});
