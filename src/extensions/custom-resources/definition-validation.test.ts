import { describe, expect, test } from 'vitest';
import { formatFieldError } from '../../machinery/field-error.ts';
import { cloneJson } from '../../machinery/json.ts';
import type { CustomResourceDefinition, DefinitionVersion } from './custom-resource-definition.ts';
import { defaultDefinition } from './definition-defaults.ts';
import { definitionRules } from './definition-rules.ts';
import { validateDefinition, validateDefinitionUpdate } from './definition-validation.ts';
import { databaseDefinition, definition, issuerDefinition, obj, routeDefinition, str, version } from './example-definitions.ts';

const RULES = definitionRules();
const CONTEXT = { nowMs: 0, userName: '', userGroups: [], userUid: '', userExtra: {}, random: () => 0 };
const SCHEMA = obj({ spec: obj({ a: str(), n: { type: 'integer' }, ratio: { type: 'number' }, tags: { type: 'array', items: str() }, labels: { type: 'object', additionalProperties: str() } }) });

/** A definition as it stands before validation, changed by the case. */
function prepared(change: (made: CustomResourceDefinition) => void = () => undefined): CustomResourceDefinition {
  const made = definition('stable.example.com', 'CronTab', [version('v1', SCHEMA)]);
  change(made);
  defaultDefinition(made);
  RULES.prepareForCreate?.(made, CONTEXT);
  return made;
}
const findings = (change: (made: CustomResourceDefinition) => void): string[] => validateDefinition(prepared(change)).map(formatFieldError);
const first = (made: CustomResourceDefinition): DefinitionVersion => (made.spec.versions ?? [])[0] as DefinitionVersion;
const DNS1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

test.each([issuerDefinition, routeDefinition, databaseDefinition])('%o is accepted', (make) => {
  const made = make();
  defaultDefinition(made);
  RULES.prepareForCreate?.(made, CONTEXT);
  expect(validateDefinition(made).map(formatFieldError)).toEqual([]);
});

test('defaults fill in names and the conversion strategy', () => {
  const { spec } = prepared();
  expect(spec.names).toEqual({ plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList' });
  expect(spec.conversion).toEqual({ strategy: 'None' });
  expect(prepared((made) => (made.spec.preserveUnknownFields = false)).spec).not.toHaveProperty('preserveUnknownFields');
});

test('a new definition has an empty status that remembers its storage version', () => {
  const given = prepared((made) => (made.status = { conditions: [], acceptedNames: { plural: 'x', kind: 'X' }, storedVersions: ['v7'] }));
  expect(given.status).toEqual({ conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] });
});

describe('names and versions', () => {
  test.each<[string, (made: CustomResourceDefinition) => void, string[]]>([
    ['the name is made of plural and group', (made) => (made.metadata.name = 'x'), ['metadata.name: Invalid value: "x": must be spec.names.plural+"."+spec.group']],
    ['a name that is missing is not named twice', (made) => delete made.metadata.name, []],
    ['a group of one label', (made) => { made.spec.group = 'stable'; made.metadata.name = 'crontabs.stable'; }, ['spec.group: Invalid value: "stable": should be a domain with at least one dot']],
    ['an unknown scope', (made) => (made.spec.scope = 'World'), ['spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced"']],
    ['kind and listKind the same', (made) => (made.spec.names.listKind = 'CronTab'), ['spec.names.listKind: Invalid value: "CronTab": kind and listKind may not be the same']],
    ['a short name that is no label', (made) => (made.spec.names.shortNames = ['ok', 'No']), [`spec.names.shortNames[1]: Invalid value: "No": ${DNS1035}`]],
    [
      'no versions',
      (made) => (made.spec.versions = null),
      ['spec.versions: Invalid value: null: must have exactly one version marked as storage version', 'status.storedVersions: Invalid value: null: must have at least one stored version'],
    ],
    ['a version without schema', (made) => delete first(made).schema, ['spec.versions[0].schema.openAPIV3Schema: Required value']],
    ['a version name that is no label', (made) => (first(made).name = 'V1'), [`spec.versions[0].name: Invalid value: "V1": ${DNS1035}`]],
    ['a warning without deprecation', (made) => (first(made).deprecationWarning = 'old'), ['spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions']],
    [
      'two versions of one name are shown as Kubernetes keeps them',
      (made) => made.spec.versions?.push(version('v1', SCHEMA, { storage: false })),
      [
        'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":true,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null},{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must contain unique version names',
      ],
    ],
    ['unknown fields preserved for all', (made) => (made.spec.preserveUnknownFields = true), ['spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead']],
  ])('%s', (_, change, expected) => {
    expect(findings(change)).toEqual(expected);
  });
});

describe('what versions share stands once in findings, what differs by version', () => {
  const bad = obj({ f: {} });
  test('a shared schema', () => {
    expect(findings((made) => (made.spec.versions = [version('v1', bad), version('v2', bad, { storage: false })]))).toEqual([
      'spec.validation.openAPIV3Schema.properties[f].type: Required value: must not be empty for specified object fields',
    ]);
  });
  test('a schema of one version', () => {
    expect(findings((made) => (made.spec.versions = [version('v1', SCHEMA), version('v2', bad, { storage: false })]))).toEqual([
      'spec.versions[1].schema.openAPIV3Schema.properties[f].type: Required value: must not be empty for specified object fields',
    ]);
  });
});

describe('columns, subresources, selectable fields', () => {
  test.each<[string, (declared: DefinitionVersion) => void, string[]]>([
    ['a column type that is none', (v) => (v.additionalPrinterColumns = [{ name: 'A', type: 'float', jsonPath: '.a' }]), ['spec.additionalPrinterColumns[0].type: Invalid value: "float": must be one of boolean,date,integer,number,string']],
    ['a column format that is none', (v) => (v.additionalPrinterColumns = [{ name: 'A', type: 'integer', format: 'int16', jsonPath: '.a' }]), ['spec.additionalPrinterColumns[0].format: Invalid value: "int16": must be one of byte,date,date-time,double,float,int32,int64,password']],
    ['a column path without dot', (v) => (v.additionalPrinterColumns = [{ name: 'A', type: 'string', jsonPath: '{.a}' }]), ['spec.additionalPrinterColumns[0].JSONPath: Invalid value: "{.a}": must be a simple json path starting with .']],
    ['scale without paths', (v) => (v.subresources = { scale: { specReplicasPath: '', statusReplicasPath: '' } }), ['spec.subresources.scale.specReplicasPath: Required value', 'spec.subresources.scale.statusReplicasPath: Required value']],
    [
      'scale paths in the wrong half',
      (v) => (v.subresources = { scale: { specReplicasPath: '.status.n', statusReplicasPath: '.status.n', labelSelectorPath: '.metadata.x' } }),
      [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".status.n": should be a json path under .spec',
        'spec.subresources.scale.labelSelectorPath: Invalid value: ".metadata.x": should be a json path under either .spec or .status',
      ],
    ],
    ['a field that is not there', (v) => (v.selectableFields = [{ jsonPath: '.spec.b' }]), ['spec.selectableFields[0].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field']],
    ['a value of a map', (v) => (v.selectableFields = [{ jsonPath: '.spec.labels.app' }]), []],
    ['an index', (v) => (v.selectableFields = [{ jsonPath: '.spec.tags[0]' }]), ['spec.selectableFields[0].jsonPath: Invalid value: ".spec.tags[0]": is an invalid path: array notation is not allowed']],
    ['no path', (v) => (v.selectableFields = [{ jsonPath: '' }]), ['spec.selectableFields[0].jsonPath: Required value']],
    ['a path without dot', (v) => (v.selectableFields = [{ jsonPath: 'spec.a' }]), ['spec.selectableFields[0].jsonPath: Invalid value: "spec.a": is an invalid path: expected [ or . but got: spec']],
    ['a path that ends early', (v) => (v.selectableFields = [{ jsonPath: '.' }]), ['spec.selectableFields[0].jsonPath: Invalid value: ".": is an invalid path: unexpected end of JSON path']],
    ['a number', (v) => (v.selectableFields = [{ jsonPath: '.spec.ratio' }]), ['spec.selectableFields[0].jsonPath: Invalid value: ".spec.ratio": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.']],
    ['the same field twice', (v) => (v.selectableFields = [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.a' }]), ['spec.selectableFields[1].jsonPath: Duplicate value: ".spec.a"']],
  ])('%s', (_, change, expected) => {
    expect(findings((made) => change(first(made)))).toEqual(expected);
  });

  test('selectable fields that only one version has want a schema of its own', () => {
    const texts = findings((made) => {
      made.spec.versions = [version('v1', SCHEMA, { selectableFields: [{ jsonPath: '.spec.a' }] }), version('v2', SCHEMA, { storage: false })];
    });
    expect(texts).toEqual(['spec.versions[0].selectableFields: Invalid value: "": may only be set when `version.schema.openAPIV3Schema` is not included']);
  });
});

describe('conversion', () => {
  const webhook = (clientConfig: object, conversionReviewVersions: string[] = ['v1']) => ({ strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions } });
  test.each<[CustomResourceDefinition['spec']['conversion'], string[]]>([
    [{ strategy: 'Magic' }, ['spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"']],
    [{ strategy: '' }, ['spec.conversion.strategy: Required value']],
    [
      { strategy: 'Webhook' },
      ['spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook', 'spec.conversion.conversionReviewVersions: Required value'],
    ],
    [
      { ...webhook({ url: 'https://a.example.com' }), strategy: 'None' },
      [
        'spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook',
        'spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook',
      ],
    ],
    [webhook({}), ['spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required']],
    [webhook({ url: 'https://a.example.com/convert' }), []],
    [webhook({ url: 'http://a.example.com/' }), ['spec.conversion.webhookClientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]']],
    [
      webhook({ url: 'https://u@/x?q#f' }),
      [
        'spec.conversion.webhookClientConfig.url: Invalid value: "": host must be specified; desired format: https://host[/path]',
        'spec.conversion.webhookClientConfig.url: Invalid value: "u": user information is not permitted in the URL',
        'spec.conversion.webhookClientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
        'spec.conversion.webhookClientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
      ],
    ],
    [webhook({ service: { name: 'a', namespace: 'b', path: '/a//b' } }), ['spec.conversion.webhookClientConfig.service.path: Invalid value: "/a//b": segment[1] may not be empty']],
    [webhook({ service: { name: 'a', namespace: 'b', port: 70000 } }), ['spec.conversion.webhookClientConfig.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive']],
    [webhook({ url: 'https://a.example.com' }, ['v7', 'v7']), ['spec.conversion.conversionReviewVersions[1]: Invalid value: "v7": duplicate version', 'spec.conversion.conversionReviewVersions: Invalid value: ["v7","v7"]: must include at least one of v1, v1beta1']],
  ])('%j', (conversion, expected) => {
    expect(findings((made) => (made.spec.conversion = cloneJson(conversion) as NonNullable<typeof conversion>))).toEqual(expected);
  });
});

describe('groups of the Kubernetes community', () => {
  const annotated = (annotation?: string) =>
    findings((made) => {
      made.spec.group = 'x.k8s.io';
      made.metadata.name = 'crontabs.x.k8s.io';
      if (annotation !== undefined) made.metadata.annotations = { 'api-approved.kubernetes.io': annotation };
    });
  test.each<[string | undefined, number]>([
    [undefined, 1],
    ['not a url', 1],
    ['unapproved, an experiment', 0],
    ['https://github.com/kubernetes/enhancements/pull/1', 0],
  ])('with approval %j', (annotation, count) => {
    expect(annotated(annotation)).toHaveLength(count);
  });
});

describe('updates', () => {
  const established = (): CustomResourceDefinition => {
    const made = prepared();
    made.status = { conditions: [{ type: 'Established', status: 'True' }], acceptedNames: { plural: 'crontabs', kind: 'CronTab' }, storedVersions: ['v1'] };
    return made;
  };
  const updated = (change: (made: CustomResourceDefinition) => void, old = established()): string[] => {
    const made = cloneJson(old);
    change(made);
    RULES.prepareForUpdate?.(made, old, CONTEXT);
    return validateDefinitionUpdate(made, old).map(formatFieldError);
  };

  test.each<[string, (made: CustomResourceDefinition) => void, string[]]>([
    ['scope and kind stay once established', (made) => { made.spec.scope = 'Cluster'; made.spec.names.kind = 'Other'; }, ['spec.scope: Invalid value: "Cluster": field is immutable', 'spec.names.kind: Invalid value: "Other": field is immutable']],
    ['singular and listKind may change', (made) => { made.spec.names.singular = 'tab'; made.spec.names.listKind = 'Tabs'; }, []],
    [
      'a version that objects are stored in stays declared',
      (made) => (made.spec.versions = [version('v2', SCHEMA)]),
      ['status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions'],
    ],
  ])('%s', (_, change, expected) => {
    expect(updated(change)).toEqual(expected);
  });

  test('status is not what the writer says, and a new storage version is remembered', () => {
    const old = established();
    const made = cloneJson(old);
    made.status = { conditions: null, acceptedNames: { plural: 'x', kind: 'X' }, storedVersions: [] };
    made.spec.versions = [version('v1', SCHEMA, { storage: false }), version('v2', SCHEMA)];
    RULES.prepareForUpdate?.(made, old, CONTEXT);
    expect(made.status.acceptedNames).toEqual({ plural: 'crontabs', kind: 'CronTab' });
    expect(made.status.storedVersions).toEqual(['v1', 'v2']);
  });

  test('the status endpoint leaves the spec alone', () => {
    const old = established();
    const made = cloneJson(old);
    made.spec.scope = 'Cluster';
    RULES.status?.prepareForUpdate?.(made, old, CONTEXT);
    expect(made.spec).toEqual(old.spec);
  });
});

test('formats that no check knows are warned about', () => {
  const made = definition('stable.example.com', 'CronTab', [version('v1', obj({ a: str({ format: 'made-up' }) }))]);
  expect(RULES.warningsOnCreate?.(made, CONTEXT)).toEqual(['unrecognized format "made-up"']);
});
