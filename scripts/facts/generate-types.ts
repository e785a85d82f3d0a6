/**
 * Makes src/api/types/generated from the facts: TypeScript types of the built-in API, one file a group version, without
 * any run-time part. `node scripts/facts/generate-types.ts`, after generate.ts.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { formatApiVersion } from '../../src/machinery/group-version.ts';
import { loadFacts } from '../../src/api/facts/facts.ts';
import type { FieldFacts, ScalarName, TypeFacts, TypeRef } from '../../src/api/facts/type-facts.ts';

const facts = loadFacts();
const target = new URL('../../src/api/types/generated/', import.meta.url);

/** Types that machinery declares already. */
const FROM_MACHINERY: ReadonlySet<string> = new Set(['ObjectMeta', 'OwnerReference', 'ManagedFieldsEntry'].map((name) => `io.k8s.apimachinery.pkg.apis.meta.v1.${name}`));

const SCALARS: Readonly<Record<ScalarName, string>> = {
  string: 'string',
  boolean: 'boolean',
  int32: 'number',
  int64: 'number',
  double: 'number',
  bytes: 'string',
  time: 'string',
  microtime: 'string',
  quantity: 'string',
  'int-or-string': 'number | string',
  raw: 'JsonObject',
  any: 'JsonValue',
  'fields-v1': 'JsonObject',
  'schema-or-array': 'JSONSchemaProps | JSONSchemaProps[]',
  'schema-or-bool': 'JSONSchemaProps | boolean',
  'schema-or-strings': 'JSONSchemaProps | string[]',
};

/** `core-v1`, `meta-v1`: the file a type stands in. */
function fileOf(name: string): string {
  return name.split('.').slice(-3, -1).join('-');
}

const goName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** One file under construction: what it imports is known once its types are written. */
class TypesFile {
  readonly name: string;
  readonly #imports = new Map<string, Map<string, string>>();
  readonly #lines: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  add(type: TypeFacts): void {
    this.#lines.push(`export type ${type.goName} = {`, ...this.#members(type), '};', '');
  }

  #members(type: TypeFacts): string[] {
    const kinds = type.kinds;
    const isKind = kinds.length > 0 && type.fields.has('apiVersion') && type.fields.has('kind');
    const members: string[] = [];
    if (isKind) {
      const versions = [...new Set(kinds.map(formatApiVersion))];
      members.push(`  apiVersion: ${versions.length > 4 ? 'string' : versions.map(quoted).join(' | ')};`);
      members.push(`  kind: ${[...new Set(kinds.map((k) => k.kind))].map(quoted).join(' | ')};`);
    }
    for (const field of type.fields.values()) {
      if (isKind && (field.name === 'apiVersion' || field.name === 'kind')) continue;
      members.push(`  ${this.#member(field, isKind)}`);
    }
    return members;
  }

  #member(field: FieldFacts, inKind: boolean): string {
    const needed = field.required || (inKind && field.name === 'metadata');
    const name = /^[A-Za-z_$][\w$]*$/.test(field.name) ? field.name : quoted(field.name);
    const nullable = field.presence === 'nullable' && !field.required ? ' | null' : '';
    const type = field.enum === undefined || field.type.kind !== 'scalar' ? this.#typeText(field.type) : field.enum.map(quoted).join(' | ');
    return `${name}${needed ? '' : '?'}: ${type}${nullable};`;
  }

  #typeText(type: TypeRef): string {
    if (type.kind === 'struct') return this.#structText(type.name);
    if (type.kind === 'map') return `Record<string, ${this.#typeText(type.element)}>`;
    if (type.kind === 'list') {
      const element = this.#typeText(type.element);
      return element.includes('|') ? `(${element})[]` : `${element}[]`;
    }
    const text = SCALARS[type.scalar];
    if (text.startsWith('Json')) this.#import('../../../machinery/json.ts', text, text);
    return text;
  }

  #structText(name: string): string {
    if (FROM_MACHINERY.has(name)) return this.#import('../../../machinery/object-meta.ts', goName(name), goName(name));
    const file = fileOf(name);
    if (file === this.name) return goName(name);
    const local = facts.typeByName(`${this.#prefix()}.${goName(name)}`) === undefined ? goName(name) : `${file.replaceAll(/(?:^|-)(\w)/g, (_, c: string) => c.toUpperCase())}${goName(name)}`;
    return this.#import(`./${file}.ts`, goName(name), local);
  }

  /** Of the types in this file, to see whether a name is taken here. */
  #prefix(): string {
    return facts.typeNames().find((name) => fileOf(name) === this.name)?.replace(/\.[^.]*$/, '') ?? '';
  }

  #import(from: string, name: string, local: string): string {
    const names = this.#imports.get(from) ?? new Map<string, string>();
    names.set(local, name);
    this.#imports.set(from, names);
    return local;
  }

  text(): string {
    const imports = [...this.#imports]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([from, names]) => {
        const list = [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([local, name]) => (local === name ? name : `${name} as ${local}`));
        return `import type { ${list.join(', ')} } from '${from}';`;
      });
    const reexports = this.name === 'meta-v1' ? ["export type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../../../machinery/object-meta.ts';"] : [];
    const head = '// Made by scripts/facts/generate-types.ts. Do not edit.';
    return [head, ...imports, ...reexports, '', ...this.#lines].join('\n');
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}

const files = new Map<string, TypesFile>();
for (const name of facts.typeNames()) {
  const type = facts.typeByName(name);
  if (type === undefined || FROM_MACHINERY.has(name) || name.includes('.JSONSchemaPropsOr') || name.endsWith('.version.Info')) continue;
  const fileName = fileOf(name);
  const file = files.get(fileName) ?? new TypesFile(fileName);
  files.set(fileName, file);
  file.add(type);
}
mkdirSync(target, { recursive: true });
for (const old of readdirSync(target)) rmSync(new URL(old, target));
for (const [name, file] of files) writeFileSync(new URL(`${name}.ts`, target), file.text());
