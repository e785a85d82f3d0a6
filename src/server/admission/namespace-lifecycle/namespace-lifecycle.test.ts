import { describe, expect, test } from 'vitest';
import { findStatusError } from '../../../machinery/status-error.ts';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import type { AdmissionOperation, AdmissionRequest } from '../admission-plugin.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';

const reader = new MemoryReader([
  object('v1', 'Namespace', { name: 'x' }, { status: { phase: 'Active' } }),
  object('v1', 'Namespace', { name: 'going' }, { status: { phase: 'Terminating' } }),
]);

function asks(operation: AdmissionOperation, partial: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    operation,
    user: { name: 'alice', groups: [] },
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    subresource: '',
    namespace: 'x',
    name: 'a',
    object: object('v1', 'ConfigMap', { name: 'a' }),
    dryRun: false,
    options: {},
    warn: () => {},
    annotate: () => {},
    ...partial,
  };
}

function outcome(request: AdmissionRequest): unknown {
  try {
    void namespaceLifecycle(reader).admit?.(request);
    return 'admitted';
  } catch (error) {
    return findStatusError(error)?.status;
  }
}

const namespaces = { resource: { group: '', version: 'v1', resource: 'namespaces' } };

describe('admits', () => {
  test.each([
    ['a new object in a namespace that is there', asks('CREATE')],
    ['a change of what stands in a dying namespace', asks('UPDATE', { namespace: 'going' })],
    ['a deletion in a namespace that is gone', asks('DELETE', { namespace: 'gone' })],
    ['what has no namespace', asks('CREATE', { namespace: '' })],
    ['a namespace itself', asks('CREATE', { ...namespaces, namespace: 'new', name: 'new' })],
    ['the deletion of a common namespace', asks('DELETE', { ...namespaces, namespace: 'x', name: 'x' })],
    ['the deletion of another object of an immortal name', asks('DELETE', { name: 'default' })],
    ['an access review in a dying namespace', asks('CREATE', { namespace: 'going', resource: { group: 'authorization.k8s.io', version: 'v1', resource: 'localsubjectaccessreviews' } })],
  ])('%s', (_, request) => expect(outcome(request)).toBe('admitted'));
});

describe('refuses', () => {
  test.each(['CREATE', 'UPDATE'] as const)('%s in a namespace that is not there', (operation) => {
    expect(outcome(asks(operation, { namespace: 'gone' }))).toMatchObject({ code: 404, message: 'namespaces "gone" not found', details: { kind: 'namespaces', name: 'gone' } });
  });

  test('new content in a dying namespace, and says why', () => {
    expect(outcome(asks('CREATE', { namespace: 'going' }))).toMatchObject({
      code: 403,
      message: 'configmaps "a" is forbidden: unable to create new content in namespace going because it is being terminated',
      details: { kind: 'configmaps', name: 'a', causes: [{ reason: 'NamespaceTerminating', message: 'namespace going is being terminated', field: 'metadata.namespace' }] },
    });
    expect(outcome(asks('CREATE', { namespace: 'going', name: '', object: object('v1', 'ConfigMap', { generateName: 'a-' }) }))).toMatchObject({ message: expect.stringContaining('configmaps "a-" is forbidden') });
  });

  test.each(['default', 'kube-system', 'kube-public'])('to delete %s', (name) => {
    expect(outcome(asks('DELETE', { ...namespaces, namespace: name, name }))).toMatchObject({ code: 403, message: `namespaces "${name}" is forbidden: this namespace may not be deleted` });
  });
});
