import { describe, expect, test } from 'vitest';
import { internalForm } from './internal-form.ts';
import { internalLayouts } from './internal-layouts.ts';

describe('the internal form of a value', () => {
  test.each(Object.keys(internalLayouts))('of %s is complete when the value is empty', (layout) => {
    expect(internalForm({}, layout)).toEqual(expect.any(Object));
  });

  test.each([
    ['PodResourceClaim', { name: 'a' }, '{"Name":"a","ResourceClaimName":null,"ResourceClaimTemplateName":null}'],
    ['Taint', { key: 'a', value: 'x', effect: 'NoSchedule' }, '{"Key":"a","Value":"x","Effect":"NoSchedule","TimeAdded":null}'],
    ['Toleration', { key: 'k', operator: 'Exists' }, '{"Key":"k","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}'],
  ])('of a %s has all fields in the order of the struct', (layout, value, text) => {
    expect(JSON.stringify(internalForm(value, layout))).toBe(text);
  });

  test('puts the host namespaces into the security context, which a pod always has', () => {
    const form = internalForm({ hostNetwork: true, containers: [] }, 'PodSpec') as { SecurityContext: unknown };
    expect(form.SecurityContext).toMatchObject({ HostNetwork: true, HostPID: false, ShareProcessNamespace: null, RunAsUser: null });
  });

  test('keeps the metadata of a template under its own names', () => {
    const form = internalForm({ metadata: { labels: { b: '2', a: '1' } }, spec: {} }, 'PodTemplateSpec');
    expect(JSON.stringify(form)).toMatch(/^\{"labels":\{"a":"1","b":"2"\},"Spec":\{"Volumes":null,/);
  });

  test('takes keys like __proto__ for data', () => {
    const form = internalForm({ nodeSelector: JSON.parse('{"__proto__":"x"}') as unknown }, 'PodSpec') as { NodeSelector: object };
    expect(Object.keys(form.NodeSelector)).toEqual(['__proto__']);
  });
});
