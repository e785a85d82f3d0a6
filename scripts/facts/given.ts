import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The facts as they are collected (a folder of JSON files), before they are compacted into src/api/facts/data. */
export interface GivenField {
  readonly type: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly 'list-type'?: string;
  readonly 'list-map-keys'?: readonly string[];
  readonly 'map-type'?: string;
  readonly 'patch-strategy'?: string;
  readonly 'patch-merge-key'?: string;
  readonly proto?: readonly [number, string];
}

export interface GivenType {
  readonly gvk?: readonly string[];
  readonly type?: string;
  readonly 'map-type'?: string;
  readonly unions?: unknown;
  readonly fields: Readonly<Record<string, GivenField>>;
  /** Messages whose fields stand directly in this type's JSON, and fields whose protobuf name is not their JSON name. */
  readonly 'inline-proto'?: Readonly<Record<string, readonly [number, string]>>;
}

export type GivenTypes = Readonly<Record<string, GivenType>>;
export type GivenMessages = Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>>;

export function readGiven(folder: string, file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

const protobufName = (type: string): string => type.replace(/^io\.k8s\./, 'k8s.io.').replace('apiextensions-apiserver', 'apiextensions_apiserver').replace('kube-aggregator', 'kube_aggregator');

/** A message's fields by name: from the message table, or from the type of the same name. */
function messageFields(types: GivenTypes, messages: GivenMessages, message: string): Map<string, readonly [number, string]> {
  const direct = messages[message];
  if (direct !== undefined) return new Map(Object.entries(direct));
  const found = new Map<string, readonly [number, string]>();
  const type = Object.keys(types).find((name) => protobufName(name) === message);
  if (type === undefined) return found;
  for (const [name, field] of Object.entries(types[type]?.fields ?? {})) if (field.proto !== undefined) found.set(name, field.proto);
  for (const [name, proto] of Object.entries(types[type]?.['inline-proto'] ?? {})) found.set(name, proto);
  return found;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

export interface ProtobufPlace {
  /** Field numbers from the type's own message inwards; more than one where a message is inlined. */
  readonly path: readonly number[];
  readonly type: string;
}

/** Where a JSON field lives on the wire; undefined for apiVersion and kind, which travel in the envelope. */
export function protobufPlace(types: GivenTypes, messages: GivenMessages, type: string, field: string): ProtobufPlace | undefined {
  const given = types[type];
  const own = given?.fields[field]?.proto;
  if (own !== undefined) return { path: [own[0]], type: own[1] };
  const packageName = protobufName(type).replace(/\.[^.]*$/, '');
  const search = (inlined: Iterable<readonly [string, readonly [number, string]]>, depth: number): ProtobufPlace | undefined => {
    const nested: (readonly [number, string])[] = [];
    for (const [name, [number, message]] of inlined) {
      const isMessage = /^[A-Z]/.test(message);
      if (plain(name) === plain(field)) return { path: [number], type: message };
      if (isMessage) nested.push([number, message]);
    }
    if (depth === 0) return undefined;
    for (const [number, message] of nested) {
      const inner = search(messageFields(types, messages, `${packageName}.${message}`), depth - 1);
      if (inner !== undefined) return { path: [number, ...inner.path], type: inner.type };
    }
    return undefined;
  };
  return search(Object.entries(given?.['inline-proto'] ?? {}), 2);
}
