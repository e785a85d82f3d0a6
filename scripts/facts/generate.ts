/**
 * Makes src/api/facts/data from a folder of collected facts: `node scripts/facts/generate.ts FOLDER`. The collected files
 * are types.json, proto-other.json, resources.json, table-columns.json, operations.json, bootstrap-objects.json,
 * flags.json and metrics.json, read off a running kube-apiserver.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { protobufPlace, readGiven, type GivenField, type GivenMessages, type GivenType, type GivenTypes } from './given.ts';
import { readGoNames } from './go-names.ts';
import { presenceByRule, readPresenceOverlay } from './presence.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node scripts/facts/generate.ts FOLDER');
const target = new URL('../../src/api/facts/data/', import.meta.url);
mkdirSync(target, { recursive: true });

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Types that are served in protobuf and JSON, but that no OpenAPI document names. */
const unnamed: GivenTypes = {
  [`${META}.PartialObjectMetadata`]: {
    gvk: ['meta.k8s.io/v1/PartialObjectMetadata', 'meta.k8s.io/v1beta1/PartialObjectMetadata'],
    fields: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: `${META}.ObjectMeta`, proto: [1, 'ObjectMeta'] } },
  },
  [`${META}.PartialObjectMetadataList`]: {
    gvk: ['meta.k8s.io/v1/PartialObjectMetadataList', 'meta.k8s.io/v1beta1/PartialObjectMetadataList'],
    fields: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: `${META}.ListMeta`, proto: [1, 'ListMeta'] },
      items: { type: `[]${META}.PartialObjectMetadata`, required: true, proto: [2, 'repeated PartialObjectMetadata'] },
    },
  },
  [`${META}.CreateOptions`]: {
    gvk: ['v1/CreateOptions'],
    fields: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      dryRun: { type: '[]string', proto: [1, 'repeated string'] },
      fieldManager: { type: 'string', proto: [3, 'string'] },
      fieldValidation: { type: 'string', proto: [4, 'string'] },
    },
  },
};

/**
 * Every group and version that kube-apiserver's schemes know, old and new: options and watch events are registered in each.
 */
const everywhere = `
  :v1 admission.k8s.io:v1,v1beta1 admissionregistration.k8s.io:v1,v1alpha1,v1beta1
  apiextensions.k8s.io:v1,v1beta1 apiregistration.k8s.io:v1,v1beta1 apps:v1,v1beta1,v1beta2
  authentication.k8s.io:v1,v1alpha1,v1beta1 authorization.k8s.io:v1,v1beta1 autoscaling:v1,v2 batch:v1,v1beta1
  certificates.k8s.io:v1,v1alpha1,v1beta1 coordination.k8s.io:v1,v1alpha2,v1beta1 discovery.k8s.io:v1,v1beta1
  events.k8s.io:v1,v1beta1 extensions:v1beta1 flowcontrol.apiserver.k8s.io:v1,v1beta1,v1beta2,v1beta3
  imagepolicy.k8s.io:v1alpha1 internal.apiserver.k8s.io:v1alpha1 networking.k8s.io:v1,v1beta1 node.k8s.io:v1,v1alpha1,v1beta1 policy:v1,v1beta1
  rbac.authorization.k8s.io:v1,v1alpha1,v1beta1 resource.k8s.io:v1,v1alpha3,v1beta1,v1beta2
  scheduling.k8s.io:v1,v1alpha2,v1beta1 storage.k8s.io:v1,v1alpha1,v1beta1 storagemigration.k8s.io:v1beta1`
  .trim()
  .split(/\s+/)
  .flatMap((text) => {
    const [group = '', versions = ''] = text.split(':');
    return versions.split(',').map((version) => (group === '' ? version : `${group}/${version}`));
  });

/** Order of required fields in Go structs where the protobuf numbers run otherwise. */
const orders: Readonly<Record<string, readonly string[]>> = {
  [`${META}.OwnerReference`]: ['apiVersion', 'kind', 'name', 'uid'],
  [`${META}.APIResource`]: ['name', 'singularName', 'namespaced', 'kind', 'verbs'],
  'io.k8s.apimachinery.pkg.version.Info': ['major', 'minor', 'gitVersion', 'gitCommit', 'gitTreeState', 'buildDate', 'goVersion', 'compiler', 'platform'],
};

/** Defaults that are zero, which the collected facts leave out: names of references, and what Scale asks for. */
function schemaDefault(type: string, field: string): unknown {
  if (field === 'name' && /\.(?:LocalObjectReference|(?:ConfigMap|Secret)(?:EnvSource|KeySelector|Projection)|ConfigMapVolumeSource)$/.test(type)) return '';
  if (type === 'io.k8s.api.core.v1.GRPCAction' && field === 'service') return '';
  if (type === 'io.k8s.api.autoscaling.v1.ScaleSpec' && field === 'replicas') return 0;
  return undefined;
}

const types: GivenTypes = { ...(readGiven(folder, 'types.json') as GivenTypes), ...unnamed };
const messages = (readGiven(folder, 'proto-other.json') as GivenMessages);
const overlay = readPresenceOverlay();
const goNames = readGoNames();

function fieldRow(typeName: string, owner: GivenType, name: string, field: GivenField): unknown[] {
  const struct = types[field.type];
  const place = protobufPlace(types, messages, typeName, name);
  const code = overlay(typeName, name) ?? presenceByRule(owner, name, field, struct !== undefined && struct.type !== 'any');
  const more: Record<string, unknown> = {};
  if (field.required === true) more['required'] = true;
  const order = orders[typeName]?.indexOf(name) ?? -1;
  if (order >= 0) more['order'] = order;
  if (field.default !== undefined) more['default'] = field.default;
  const zero = schemaDefault(typeName, name);
  if (zero !== undefined) more['schemaDefault'] = zero;
  if (field.enum !== undefined) more['enum'] = field.enum;
  if (field['list-type'] !== undefined) more['listType'] = field['list-type'];
  if (field['list-map-keys'] !== undefined) more['listMapKeys'] = field['list-map-keys'];
  if (field['map-type'] !== undefined) more['mapType'] = field['map-type'];
  if (field['patch-strategy'] !== undefined) more['patchStrategy'] = field['patch-strategy'];
  if (field['patch-merge-key'] !== undefined) more['patchMergeKey'] = field['patch-merge-key'];
  const goName = goNames(typeName, name);
  if (goName !== undefined) more['goName'] = goName;
  // Lists of strings that stand in a message of their own: {repeated string items = 1}.
  if (place !== undefined && /(?:ExtraValue>|^Verbs)$/.test(place.type)) more['boxed'] = true;
  const path = place === undefined ? 0 : place.path.length === 1 ? place.path[0] : place.path;
  const row: unknown[] = [field.type, code, path];
  if (Object.keys(more).length > 0) row.push(more);
  return row;
}

function typeRow(name: string, type: GivenType): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  const kind = name.slice(name.lastIndexOf('.') + 1);
  if (type.gvk !== undefined) row['gvk'] = type.gvk.flatMap((gvk) => (gvk === '*' ? everywhere.map((gv) => `${gv}/${kind}`) : [gvk]));
  if (type.type !== undefined) row['type'] = type.type;
  if (type['map-type'] !== undefined) row['mapType'] = type['map-type'];
  if (type.unions !== undefined) row['unions'] = type.unions;
  row['fields'] = Object.fromEntries(Object.entries(type.fields).map(([field, facts]) => [field, fieldRow(name, type, field, facts)]));
  return row;
}

/** One entry a line, so that a change shows as the lines it touches. */
function writeTable(file: string, table: object): void {
  const rows = Array.isArray(table)
    ? table.map((row) => JSON.stringify(row)).join(',\n')
    : Object.entries(table).map(([key, row]) => `${JSON.stringify(key)}:${JSON.stringify(row)}`).join(',\n');
  writeFileSync(new URL(file, target), Array.isArray(table) ? `[\n${rows}\n]\n` : `{\n${rows}\n}\n`);
}

writeTable('types.json', Object.fromEntries(Object.entries(types).map(([name, type]) => [name, typeRow(name, type)])));
for (const file of ['resources.json', 'table-columns.json', 'operations.json', 'bootstrap-objects.json', 'flags.json', 'metrics.json']) {
  writeTable(file, (readGiven(folder, file) as object));
}
