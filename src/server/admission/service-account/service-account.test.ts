import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { findStatusError } from '../../../machinery/status-error.ts';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import type { AdmissionRequest } from '../admission-plugin.ts';
import { serviceAccountAdmission } from './service-account.ts';
import { TOKEN_MOUNT_PATH } from './token-volume.ts';

const account = (name: string, rest: Record<string, unknown> = {}, annotations?: Record<string, string>): KubeObject =>
  object('v1', 'ServiceAccount', { name, namespace: 'x', ...(annotations === undefined ? {} : { annotations }) }, rest);
const strict = { 'kubernetes.io/enforce-mountable-secrets': 'true' };
const reader = new MemoryReader([
  account('default'),
  account('quiet', { automountServiceAccountToken: false }),
  account('puller', { imagePullSecrets: [{ name: 's1' }, { name: 's2' }] }),
  account('strict', { secrets: [{ name: 'fine' }], imagePullSecrets: [{ name: 'pull' }] }, strict),
]);
const plugin = serviceAccountAdmission({ reader, random: () => 0 });

interface Admitted extends KubeObject {
  spec: { serviceAccountName?: string; imagePullSecrets?: object[]; volumes?: { name: string }[]; containers: { volumeMounts?: object[] }[]; initContainers?: { volumeMounts?: object[] }[] };
}

function request(spec: object, metadata: KubeObject['metadata'] = {}, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    operation: 'CREATE',
    user: { name: 'alice', groups: [] },
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subresource: '',
    namespace: 'x',
    name: 'p',
    object: object('v1', 'Pod', { name: 'p', namespace: 'x', ...metadata }, { spec: { containers: [{ name: 'c', image: 'i' }], ...spec } }),
    dryRun: false,
    options: {},
    warn: () => {},
    annotate: () => {},
    ...more,
  };
}

function admit(...args: Parameters<typeof request>): Admitted {
  const asked = request(...args);
  void plugin.admit?.(asked);
  void plugin.validate?.(asked);
  return asked.object as Admitted;
}

function refusal(...args: Parameters<typeof request>): string | undefined {
  try {
    admit(...args);
    return undefined;
  } catch (error) {
    return findStatusError(error)?.message;
  }
}

describe('a pod', () => {
  const mount = { name: 'kube-api-access-bbbbb', readOnly: true, mountPath: TOKEN_MOUNT_PATH };

  test('gets the default account and a volume with its token in every container', () => {
    const { spec } = admit({ initContainers: [{ name: 'i', image: 'i' }] });
    expect(spec.serviceAccountName).toBe('default');
    expect([spec.containers[0]?.volumeMounts, spec.initContainers?.[0]?.volumeMounts]).toEqual([[mount], [mount]]);
    expect(spec.volumes).toEqual([
      {
        name: mount.name,
        projected: {
          defaultMode: 420,
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
          ],
        },
      },
    ]);
  });

  test('keeps what it has mounted at that place, and gets no volume that nothing mounts', () => {
    const own = [{ name: 'v', mountPath: TOKEN_MOUNT_PATH }];
    const { spec } = admit({ containers: [{ name: 'c', image: 'i', volumeMounts: own }], volumes: [{ name: 'v', emptyDir: {} }] });
    expect(spec.containers[0]?.volumeMounts).toEqual(own);
    expect(spec.volumes).toHaveLength(1);
  });

  test('that has such a volume already uses it', () => {
    const { spec } = admit({ volumes: [{ name: 'kube-api-access-abcde', emptyDir: {} }] });
    expect(spec.volumes).toHaveLength(1);
    expect(spec.containers[0]?.volumeMounts).toEqual([{ ...mount, name: 'kube-api-access-abcde' }]);
  });

  test.each([
    [{ serviceAccountName: 'quiet' }, false],
    [{ serviceAccountName: 'quiet', automountServiceAccountToken: true }, true],
    [{ automountServiceAccountToken: false }, false],
    [{}, true],
  ])('%j mounts a token: %j', (spec, mounts) => expect(admit(spec).spec.volumes !== undefined).toBe(mounts));

  test.each([
    [{ serviceAccountName: 'puller' }, [{ name: 's1' }, { name: 's2' }]],
    [{ serviceAccountName: 'puller', imagePullSecrets: [{ name: 'own' }] }, [{ name: 'own' }]],
    [{}, undefined],
  ])('%j pulls with %j', (spec, secrets) => expect(admit(spec).spec.imagePullSecrets).toEqual(secrets));

  test.each([
    [{ serviceAccount: 'quiet' }, 'quiet'],
    [{ serviceAccountName: 'quiet', serviceAccount: 'other' }, 'quiet'],
    [{}, 'default'],
  ])('%j carries the account %s under both names', (spec, name) => expect(admit(spec).spec).toMatchObject({ serviceAccountName: name, serviceAccount: name }));

  test('of an account that is not there is refused', () => {
    expect(refusal({ serviceAccountName: 'absent' })).toBe('pods "p" is forbidden: error looking up service account x/absent: serviceaccount "absent" not found');
  });
});

describe('an account that enforces its secrets refuses', () => {
  const because = 'is not allowed because service account strict does not reference that';
  const secretEnv = (name: string): object => ({ name: 'c', image: 'i', env: [{ name: 'E', valueFrom: { secretKeyRef: { name, key: 'k' } } }] });
  test.each([
    [{ volumes: [{ name: 'v', secret: { secretName: 'nope' } }] }, `volume with secret.secretName="nope" ${because} secret`],
    [{ containers: [secretEnv('nope')] }, `container c with envVar E referencing secret.secretName="nope" ${because} secret`],
    [{ initContainers: [secretEnv('nope')] }, `init container c with envVar E referencing secret.secretName="nope" ${because} secret`],
    [{ containers: [{ name: 'c', image: 'i', envFrom: [{ secretRef: { name: 'nope' } }] }] }, `container c with envFrom referencing secret.secretName="nope" ${because} secret`],
    [{ imagePullSecrets: [{ name: 'nope' }] }, `imagePullSecrets[0].name="nope" ${because} imagePullSecret`],
    [{ volumes: [{ name: 'v', secret: { secretName: 'fine' } }], containers: [secretEnv('fine')], imagePullSecrets: [{ name: 'pull' }] }, undefined],
  ])('%j', (spec, detail) => expect(refusal({ serviceAccountName: 'strict', ...spec })).toBe(detail && `pods "p" is forbidden: ${detail}`));

  test('in ephemeral containers too, but not when the account is gone', () => {
    const update = { operation: 'UPDATE', subresource: 'ephemeralcontainers' } as const;
    const ephemeralContainers = [secretEnv('nope')];
    expect(refusal({ serviceAccountName: 'strict', ephemeralContainers }, {}, update)).toBe(`pods "p" is forbidden: ephemeral container c with envVar E referencing secret.secretName="nope" ${because} secret`);
    expect(refusal({ serviceAccountName: 'gone', ephemeralContainers }, {}, update)).toBeUndefined();
  });
});

describe('a mirror pod', () => {
  const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
  test.each([
    [{ serviceAccountName: 'default' }, 'a mirror pod may not reference service accounts'],
    [{ volumes: [{ name: 'v', secret: { secretName: 's' } }] }, 'a mirror pod may not reference secrets'],
    [{ volumes: [{ name: 'v', csi: { driver: 'd', nodePublishSecretRef: { name: 's' } } }] }, 'a mirror pod may not reference secrets'],
    [{ volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] }, 'a mirror pod may not use ServiceAccountToken volume projections'],
    [{ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, undefined],
  ])('%j', (spec, detail) => expect(refusal(spec, mirror)).toBe(detail && `pods "p" is forbidden: ${detail}`));

  test('is left as it is', () => expect(admit({}, mirror).spec).toEqual({ containers: [{ name: 'c', image: 'i' }] }));
});

test('other resources and other writes are not its business', () => {
  const deployments = { resource: { group: 'apps', version: 'v1', resource: 'deployments' } };
  expect(admit({}, {}, deployments).spec.serviceAccountName).toBeUndefined();
  expect(admit({}, {}, { operation: 'UPDATE' }).spec.serviceAccountName).toBeUndefined();
});
