import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import type { KubeObject } from '../object-meta.ts';
import { StatusError, type Status } from '../status-error.ts';
import { applyPatch, type Applied, type ApplyOptions } from './apply-patch.ts';
import { setOfFieldPaths } from './field-set.ts';
import { updateManagedFields } from './managed-fields.ts';
import { CONFIG_MAP, configMap, DEPLOYMENT, map, shortEntries, STRING, struct, WIDGET, widget } from './sample-schemas.test-data.ts';

const time = (seconds: number): string => `2026-01-01T00:00:${String(seconds).padStart(2, '0')}Z`;

/** One object under test, to which managers apply or write one after the other. */
class Live {
  object: KubeObject | undefined;
  #seconds = 0;
  readonly #defaults: Partial<ApplyOptions>;
  constructor(defaults: Partial<ApplyOptions> = {}) {
    this.#defaults = defaults;
  }
  #options(manager: string, more: Partial<ApplyOptions>): ApplyOptions {
    return { manager, apiVersion: 'example.com/v1', kind: 'Widget', schema: WIDGET, now: time(++this.#seconds), force: false, ...this.#defaults, ...more };
  }
  apply(manager: string, spec: JsonObject | undefined, more: Partial<ApplyOptions> & { metadata?: JsonObject } = {}): Applied {
    const { metadata = {}, ...rest } = more;
    const options = this.#options(manager, rest);
    const patch: JsonObject = { apiVersion: options.apiVersion, kind: options.kind, metadata: { name: 'a', ...metadata }, ...(spec === undefined ? {} : { spec }) };
    const applied = applyPatch(this.object, patch, options);
    this.object = applied.object;
    return applied;
  }
  update(manager: string, spec: JsonObject, more: Partial<ApplyOptions> = {}): void {
    const object = { ...widget(spec), metadata: { ...this.object?.metadata, name: 'a', uid: 'u' } };
    const managedFields = updateManagedFields(this.object, object, this.#options(manager, more));
    delete object.metadata.managedFields;
    if (managedFields !== undefined) object.metadata.managedFields = managedFields;
    this.object = object;
  }
  get spec(): unknown {
    return this.object?.['spec'];
  }
  get owners(): [string, unknown][] {
    return shortEntries(this.object?.metadata.managedFields);
  }
}

function refusal(act: () => unknown): Status {
  try {
    act();
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  throw new Error('not refused');
}

const own = (fields: JsonObject): JsonObject => ({ 'f:spec': fields });

describe('applying', () => {
  test('creates, and owns what was sent', () => {
    const live = new Live();
    live.apply('me', { s: 'x', gran: { a: '1' } }, { metadata: { labels: { l: '1' } } });
    expect(live.object).toEqual({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: {
        name: 'a',
        labels: { l: '1' },
        managedFields: [
          {
            manager: 'me',
            operation: 'Apply',
            apiVersion: 'example.com/v1',
            time: time(1),
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:metadata': { 'f:labels': { 'f:l': {} } }, 'f:spec': { 'f:gran': { 'f:a': {} }, 'f:s': {} } },
          },
        ],
      },
      spec: { s: 'x', gran: { a: '1' } },
    });
  });

  test('the same again changes nothing', () => {
    const live = new Live();
    live.apply('me', { s: 'x', tags: ['a'] });
    const before = live.object;
    expect(live.apply('me', { s: 'x', tags: ['a'] })).toEqual({ object: before, changed: false });
    expect(live.object).toBe(before);
  });

  test('without a field that was applied before removes it', () => {
    const live = new Live();
    live.apply('me', { s: 'x', n: 1, tags: ['a', 'b'], ports: [{ name: 'a', port: 1 }, { name: 'b' }], gran: { a: '1', b: '2' } });
    live.apply('me', { s: 'x', tags: ['b'], ports: [{ name: 'a' }], gran: { b: '2' } });
    expect(live.spec).toEqual({ s: 'x', tags: ['b'], ports: [{ name: 'a' }], gran: { b: '2' } });
  });

  test('without anything removes everything, structs with it, and forgets the manager', () => {
    const live = new Live();
    live.apply('me', { n: 1, gran: { a: '1' } });
    live.apply('me', undefined);
    expect(live.object).toEqual({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' } });
  });

  test('keeps what somebody else owns', () => {
    const live = new Live();
    live.apply('me', { s: 'x', tags: ['a', 'b'], ports: [{ name: 'a', port: 1 }] });
    live.apply('you', { s: 'x', tags: ['b'], ports: [{ name: 'a' }] });
    live.apply('me', { n: 1 });
    expect(live.spec).toEqual({ s: 'x', n: 1, tags: ['b'], ports: [{ name: 'a' }] });
    expect(live.owners).toEqual([
      ['you Apply -', own({ 'f:ports': { 'k:{"name":"a"}': { '.': {}, 'f:name': {} } }, 'f:s': {}, 'f:tags': { 'v:"b"': {} } })],
      ['me Apply', own({ 'f:n': {} })],
    ]);
  });

  test('keeps what nobody owns: defaults, and what was there before', () => {
    const live = new Live();
    live.apply('me', { ports: [{ name: 'a', port: 1 }] });
    live.object = { ...live.object, spec: { ports: [{ name: 'a', port: 1 }], s: 'default' } } as unknown as KubeObject;
    live.apply('me', { n: 1 });
    expect(live.spec).toEqual({ n: 1, s: 'default' });
  });

  test('a field of somebody else to the same value shares it, without a time as nothing was written', () => {
    const live = new Live();
    live.apply('me', { s: 'x' });
    const shared = live.apply('you', { s: 'x' });
    expect(shared.changed).toBe(true);
    expect(live.owners).toEqual([['you Apply -', own({ 'f:s': {} })], ['me Apply', own({ 'f:s': {} })]]);
    live.apply('you', {});
    expect(live.owners).toEqual([['you Apply -', { 'f:spec': {} }], ['me Apply', own({ 'f:s': {} })]]);
  });

  test('lists take the order of the applier', () => {
    const live = new Live();
    live.apply('me', { ports: [{ name: 'x' }, { name: 'y' }] });
    live.apply('me', { ports: [{ name: 'z' }, { name: 'y' }, { name: 'x' }] });
    expect(live.spec).toEqual({ ports: [{ name: 'z' }, { name: 'y' }, { name: 'x' }] });
  });

  test('what is left of an emptied map of somebody else is null', () => {
    const live = new Live();
    live.update('maker', { gran: {} });
    live.apply('me', { gran: { a: '1' } });
    live.apply('me', {});
    expect(live.spec).toEqual({ gran: null });
  });

  test('neither owns nor fights for what the endpoint resets', () => {
    const live = new Live({ resetFields: setOfFieldPaths([['spec', 's']]) });
    live.apply('me', { s: 'x', n: 1 });
    live.apply('you', { s: 'y' });
    expect(live.owners).toEqual([['me Apply', own({ 'f:n': {} })]]);
  });

  test('changes neither what is stored nor the patch, and shares nothing with them', () => {
    const live = new Live();
    live.update('maker', { gran: { a: '1' }, ports: [{ name: 'a' }] });
    const stored = live.object;
    const text = JSON.stringify(stored);
    const patch: JsonObject = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { tags: ['t'] } };
    const options: ApplyOptions = { manager: 'me', apiVersion: 'example.com/v1', kind: 'Widget', schema: WIDGET, now: time(9), force: false };
    const { object } = applyPatch(stored, patch, options);
    const spec = object['spec'] as { gran: JsonObject; tags: string[] };
    spec.gran['b'] = '2';
    spec.tags.push('u');
    expect(JSON.stringify(stored)).toBe(text);
    expect(patch['spec']).toEqual({ tags: ['t'] });
  });
});

describe('conflicts', () => {
  test('with an applier', () => {
    const live = new Live();
    live.apply('me', { s: 'x' });
    expect(refusal(() => live.apply('you', { s: 'y' }))).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Apply failed with 1 conflict: conflict with "me": .spec.s',
      reason: 'Conflict',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "me"', field: '.spec.s' }] },
      code: 409,
    });
    expect(live.spec).toEqual({ s: 'x' });
  });

  test('with several managers, and several fields', () => {
    const live = new Live();
    live.apply('me', { ports: [{ name: 'a', port: 1 }], s: 'x' });
    live.update('updater', { ports: [{ name: 'a', port: 1 }], s: 'x', n: 1 });
    live.apply('status-me', { b: true }, { subresource: 'status' });
    const status = refusal(() => live.apply('you', { ports: [{ name: 'a', port: 2 }], s: 'y', n: 2, b: false }));
    expect(status.message).toBe(
      [
        'Apply failed with 4 conflicts: conflicts with "me":',
        '- .spec.s',
        '- .spec.ports[name="a"].port',
        'conflicts with "status-me" with subresource "status":',
        '- .spec.b',
        'conflicts with "updater" using example.com/v1:',
        '- .spec.n',
      ].join('\n'),
    );
    expect(status.details?.causes).toHaveLength(4);
  });

  test('with an updater in a subresource', () => {
    const live = new Live();
    live.update('x', { n: 1 });
    live.update('hpa', { n: 2 }, { subresource: 'scale' });
    expect(refusal(() => live.apply('me', { n: 3 })).message).toBe(
      'Apply failed with 1 conflict: conflict with "hpa" with subresource "scale" using example.com/v1: .spec.n',
    );
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['an atomic list', { args: ['a'] }, { args: ['b'] }],
    ['an atomic map', { atom: { a: '1' } }, { atom: { b: '2' } }],
    ['a list without a schema', { any: { l: [1] } }, { any: { l: [2] } }],
  ])('are about %s as a whole', (_, mine, theirs) => {
    const live = new Live();
    live.apply('me', mine);
    expect(refusal(() => live.apply('you', theirs)).reason).toBe('Conflict');
  });

  test('are overruled by force, which takes the fields', () => {
    const live = new Live();
    live.apply('me', { s: 'x', n: 1 });
    live.apply('you', { s: 'y' }, { force: true });
    expect(live.spec).toEqual({ s: 'y', n: 1 });
    expect(live.owners).toEqual([['me Apply', own({ 'f:n': {} })], ['you Apply', own({ 'f:s': {} })]]);
    live.apply('you', { s: 'y', n: 2 }, { force: true });
    expect(live.owners).toEqual([['you Apply', own({ 'f:n': {}, 'f:s': {} })]]);
  });

  test('are none with oneself in another version, or with what is not changed', () => {
    const live = new Live();
    live.update('x', { s: 'x', n: 1 });
    live.apply('me', { s: 'x' });
    expect(live.owners).toEqual([['me Apply -', own({ 'f:s': {} })], ['x Update', own({ '.': {}, 'f:n': {}, 'f:s': {} })]]);
    expect(live.apply('me', { s: 'x' }).changed).toBe(false);
  });
});

describe('what is refused', () => {
  const apply = (patch: JsonObject): Status =>
    refusal(() => applyPatch(undefined, patch, { manager: 'me', apiVersion: 'v1', kind: 'ConfigMap', schema: CONFIG_MAP, now: time(1), force: false }));

  test.each<[JsonObject, number, string]>([
    [{ apiVersion: 'v2', kind: 'ConfigMap' }, 400, 'invalid object type: /v2, Kind=ConfigMap'],
    [{ apiVersion: 'apps/v1', kind: 'ConfigMap' }, 400, 'invalid object type: apps/v1, Kind=ConfigMap'],
    [{ apiVersion: 'v1', kind: 'Secret' }, 400, 'invalid object type: /v1, Kind=Secret'],
    [{}, 400, 'invalid object type: /, Kind='],
    [{ apiVersion: 1, kind: [] }, 400, 'invalid object type: /, Kind='],
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { managedFields: [{}] } }, 400, 'metadata.managedFields must be nil'],
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { managedFields: [] } }, 400, 'metadata.managedFields must be nil'],
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, colour: 'red' }, 500, 'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .colour: field not declared in schema'],
    [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'x' }, data: { k: 5 } },
      500,
      'failed to create typed patch object (x/a; /v1, Kind=ConfigMap): .data.k: expected string, got &value.valueUnstructured{Value:5}',
    ],
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: 'x' }, 500, 'failed to create typed patch object (/; /v1, Kind=ConfigMap): .metadata: expected map, got &{x}'],
  ])('%j', (patch, code, message) => {
    const status = apply(patch);
    expect(status).toMatchObject({ code, message });
    expect(status.reason).toBe(code === 400 ? 'BadRequest' : undefined);
    expect(status.details).toBeUndefined();
  });
});

describe('an object without owners', () => {
  test('is owned by what was before the first apply', () => {
    const live = new Live();
    live.object = widget({ s: 'x', n: 1 });
    live.apply('me', { n: 1 });
    expect(live.owners).toEqual([['me Apply -', own({ 'f:n': {} })], ['before-first-apply Update', own({ '.': {}, 'f:n': {}, 'f:s': {} })]]);
    expect(refusal(() => live.apply('me', { s: 'y' })).message).toContain('conflict with "before-first-apply" using example.com/v1: .spec.s');
  });
});

describe('the manager kubectl', () => {
  const lastApplied = (object: JsonObject): JsonObject => ({ 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(object)}\n` });
  const config = (data: JsonObject): JsonObject => ({ apiVersion: 'v1', data, kind: 'ConfigMap', metadata: { name: 'a' } });
  const apply = (live: KubeObject, data: JsonObject, manager = 'kubectl'): KubeObject =>
    applyPatch(live, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data }, { manager, apiVersion: 'v1', kind: 'ConfigMap', schema: CONFIG_MAP, now: time(2), force: false }).object;
  const clientSide = (applied: JsonObject, data: Record<string, string>): KubeObject => {
    const live = configMap(data);
    live.metadata = { name: 'a', uid: 'u', annotations: lastApplied(applied) as Record<string, string> };
    const managedFields = updateManagedFields(undefined, live, { manager: 'kubectl-client-side-apply', apiVersion: 'v1', schema: CONFIG_MAP, now: time(1) });
    if (managedFields !== undefined) live.metadata.managedFields = managedFields;
    return live;
  };

  test('takes what its client-side apply had set and nobody changed', () => {
    const object = apply(clientSide(config({ k: '1' }), { k: '1' }), { k: '2' });
    expect(object['data']).toEqual({ k: '2' });
    expect(object.metadata.annotations).toEqual(lastApplied(config({ k: '2' })));
  });

  test('does not take what somebody changed since', () => {
    expect(refusal(() => apply(clientSide(config({ k: '0' }), { k: '1' }), { k: '2' })).message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.k',
    );
  });

  test.each<[string, JsonObject]>([
    ['of another version', { ...config({ k: '1' }), apiVersion: 'v2' }],
    ['that cannot be merged', { ...config({ k: '1' }), colour: 'red' }],
  ])('does not go by a last applied configuration %s', (_, applied) => {
    expect(refusal(() => apply(clientSide(applied, { k: '1' }), { k: '2' })).reason).toBe('Conflict');
  });

  test('is the only one with that right', () => {
    expect(refusal(() => apply(clientSide(config({ k: '1' }), { k: '1' }), { k: '2' }, 'helm')).reason).toBe('Conflict');
  });

  test('drops the annotation when all of them would be too large', () => {
    const object = apply(clientSide(config({}), { l: '1' }), { k: 'x'.repeat(256 * 1024) });
    expect(object.metadata.annotations).toEqual({});
  });

  test('gets no annotation that was not there', () => {
    expect(apply(configMap({ l: '1' }), { k: '1' }).metadata.annotations).toBeUndefined();
  });
});

describe('applying in several versions', () => {
  const v2 = struct({ apiVersion: STRING, kind: STRING, metadata: struct({ name: STRING }), values: map(STRING) });
  const rename = (object: JsonObject, from: string, to: string): JsonObject => {
    const { [from]: renamed, ...rest } = object;
    return renamed === undefined ? rest : { ...rest, [to]: renamed };
  };
  const versions = {
    schemaOf: (version: string) => (version === 'v1' ? CONFIG_MAP : version === 'v2' ? v2 : undefined),
    convert: (object: JsonObject, _: string, to: string): JsonObject =>
      to === 'v2' ? { ...rename(object, 'data', 'values'), apiVersion: 'v2' } : { ...rename(object, 'values', 'data'), apiVersion: 'v1' },
  };
  const base = { kind: 'ConfigMap', now: time(1), force: false, versions };
  const patch = (apiVersion: string, fields: JsonObject): JsonObject => ({ apiVersion, kind: 'ConfigMap', metadata: { name: 'a' }, ...fields });

  test('removes what was applied in another one, and finds conflicts there', () => {
    const first = applyPatch(undefined, patch('v2', { values: { a: '1', b: '2' } }), { ...base, manager: 'me', apiVersion: 'v2', schema: v2 }).object;
    const live = { ...first, ...versions.convert(first as unknown as JsonObject, 'v2', 'v1') } as unknown as KubeObject;
    delete live['values'];
    const inV1 = { ...base, apiVersion: 'v1', schema: CONFIG_MAP };
    expect(refusal(() => applyPatch(live, patch('v1', { data: { b: '3' } }), { ...inV1, manager: 'you' })).message).toBe('Apply failed with 1 conflict: conflict with "me": .values.b');

    const { object } = applyPatch(live, patch('v1', { data: { b: '2', c: '3' } }), { ...inV1, manager: 'me' });
    expect(object['data']).toEqual({ b: '2', c: '3' });
    expect(shortEntries(object.metadata.managedFields)).toEqual([['me Apply', { 'f:data': { 'f:b': {}, 'f:c': {} } }]]);
    expect(object.metadata.managedFields?.[0]?.apiVersion).toBe('v1');
  });

  test('a version that the object does not fit fails', () => {
    const first = applyPatch(undefined, patch('v2', { values: { a: '1' } }), { ...base, manager: 'me', apiVersion: 'v2', schema: v2 }).object;
    const live = { ...configMap({ a: '1' }), metadata: first.metadata };
    const broken = { ...versions, convert: (object: JsonObject) => object };
    const status = refusal(() => applyPatch(live, patch('v1', { data: { a: '2' } }), { ...base, versions: broken, apiVersion: 'v1', schema: CONFIG_MAP, manager: 'you' }));
    expect(status).toMatchObject({ code: 500, message: expect.stringContaining('failed to convert to v2: ') });
  });
});

describe('a Deployment', () => {
  const template = (containers: JsonObject[]): JsonObject => ({ metadata: { labels: { app: 'a' } }, spec: { containers: containers as never } });
  const apply = (live: KubeObject | undefined, manager: string, spec: JsonObject): KubeObject =>
    applyPatch(
      live,
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec },
      { manager, apiVersion: 'apps/v1', kind: 'Deployment', schema: DEPLOYMENT, now: time(1), force: false },
    ).object;

  test('merges what two managers want of one container', () => {
    const first = apply(undefined, 'me', { selector: { matchLabels: { app: 'a' } }, template: template([{ name: 'c', image: 'x', ports: [{ containerPort: 80 }] }]) });
    const second = apply(first, 'you', { template: { spec: { containers: [{ name: 'c', env: [{ name: 'B', value: '2' }], ports: [{ containerPort: 80, protocol: 'UDP' }] }] } } });
    expect(second['spec']).toEqual({
      selector: { matchLabels: { app: 'a' } },
      template: template([{ name: 'c', image: 'x', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }], env: [{ name: 'B', value: '2' }] }]),
    });
    expect(shortEntries(second.metadata.managedFields)[1]).toEqual([
      'you Apply',
      own({
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"c"}': {
                '.': {},
                'f:env': { 'k:{"name":"B"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
                'f:name': {},
                'f:ports': { 'k:{"containerPort":80,"protocol":"UDP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} } },
              },
            },
          },
        },
      }),
    ]);
  });
});
