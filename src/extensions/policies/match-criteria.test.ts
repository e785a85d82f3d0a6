import { describe, expect, test } from 'vitest';
import type { MatchResources } from '../../api/admissionregistration/shapes.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { AdmissionRequest } from '../../server/admission/admission-plugin.ts';
import { write } from '../../server/admission/admission-request.test-data.ts';
import { MemoryReader } from '../../server/authorization/memory-reader.test-data.ts';
import { MatchCriteria } from './match-criteria.ts';

const namespace = (name: string, labels: Record<string, string>): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const reader = new MemoryReader([namespace('x', { team: 'a' })]);
const V2 = { group: 'apps', version: 'v2', resource: 'pods' };
const context = { reader, equivalents: () => [V2] };
const RULE = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE' as const], resources: ['pods'] };

function matched(criteria: MatchResources, request: Partial<AdmissionRequest> = {}): string | undefined {
  const found = new MatchCriteria(criteria).match(write(request), context);
  return found && `${found.group}/${found.version}/${found.resource}`;
}

describe('match criteria', () => {
  test.each<[string, MatchResources, Partial<AdmissionRequest>, boolean]>([
    ['no rules at all', {}, {}, true],
    ['its own resource', { resourceRules: [RULE] }, {}, true],
    ['another operation', { resourceRules: [RULE] }, { operation: 'DELETE' }, false],
    ['every operation', { resourceRules: [{ ...RULE, operations: ['*'] }] }, { operation: 'DELETE' }, true],
    ['every group, version and resource', { resourceRules: [{ ...RULE, apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }] }, {}, true],
    ['a subresource is not the resource', { resourceRules: [RULE] }, { subresource: 'status' }, false],
    ['nor one of all resources', { resourceRules: [{ ...RULE, resources: ['*'] }] }, { subresource: 'status' }, false],
    ['the subresource', { resourceRules: [{ ...RULE, resources: ['pods/status'] }] }, { subresource: 'status' }, true],
    ['the resource is not its subresource', { resourceRules: [{ ...RULE, resources: ['pods/status'] }] }, {}, false],
    ['all of its subresources, and itself', { resourceRules: [{ ...RULE, resources: ['pods/*'] }] }, {}, true],
    ['that subresource of everything', { resourceRules: [{ ...RULE, resources: ['*/status'] }] }, { subresource: 'status' }, true],
    ['everything', { resourceRules: [{ ...RULE, resources: ['*/*'] }] }, { subresource: 'log' }, true],
    ['a name', { resourceRules: [{ ...RULE, resourceNames: ['p'] }] }, { name: 'p' }, true],
    ['another name', { resourceRules: [{ ...RULE, resourceNames: ['p'] }] }, { name: 'q' }, false],
    ['the namespaced scope', { resourceRules: [{ ...RULE, scope: 'Namespaced' }] }, {}, true],
    ['the scope of the cluster', { resourceRules: [{ ...RULE, scope: 'Cluster' }] }, {}, false],
    ['what stands in the cluster', { resourceRules: [{ ...RULE, scope: 'Cluster' }] }, { namespace: '' }, true],
    ['what is excluded', { resourceRules: [RULE], excludeResourceRules: [RULE] }, {}, false],
    ['what is excluded by its name', { resourceRules: [RULE], excludeResourceRules: [{ ...RULE, resourceNames: ['other'] }] }, {}, true],
    ['a namespace that is selected', { resourceRules: [RULE], namespaceSelector: { matchLabels: { team: 'a' } } }, {}, true],
    ['a namespace that is not', { resourceRules: [RULE], namespaceSelector: { matchLabels: { team: 'b' } } }, {}, false],
    ['namespaces do not matter in the cluster', { resourceRules: [RULE], namespaceSelector: { matchLabels: { team: 'b' } } }, { namespace: '' }, true],
  ])('%s', (_title, criteria, request, expected) => {
    expect(matched(criteria, request)).toBe(expected ? '/v1/pods' : undefined);
  });

  test('an object is selected by its labels, before or after', () => {
    const criteria = { objectSelector: { matchLabels: { watched: 'yes' } } };
    const object = (labels: Record<string, string>): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels } });
    expect(matched(criteria, { object: object({}) })).toBeUndefined();
    expect(matched(criteria)).toBeUndefined();
    expect(matched(criteria, { object: object({ watched: 'yes' }) })).toBeDefined();
    expect(matched(criteria, { object: object({}), oldObject: object({ watched: 'yes' }) })).toBeDefined();
  });

  test('an equivalent resource counts unless the match is to be exact; the resource itself comes first', () => {
    const rule = { ...RULE, apiGroups: ['apps'], apiVersions: ['v2'] };
    expect(matched({ resourceRules: [rule], matchPolicy: 'Equivalent' })).toBe('apps/v2/pods');
    expect(matched({ resourceRules: [rule], matchPolicy: 'Exact' })).toBeUndefined();
    expect(matched({ resourceRules: [rule, RULE], matchPolicy: 'Equivalent' })).toBe('/v1/pods');
    expect(matched({ resourceRules: [RULE], excludeResourceRules: [rule], matchPolicy: 'Equivalent' })).toBeUndefined();
  });

  test('a namespace that does not exist is not found, if the rules are about the request', () => {
    const criteria = { resourceRules: [RULE], namespaceSelector: { matchLabels: { team: 'a' } } };
    expect(() => matched(criteria, { namespace: 'absent' })).toThrow('namespaces "absent" not found');
    expect(matched(criteria, { namespace: 'absent', operation: 'DELETE' })).toBeUndefined();
  });
});
