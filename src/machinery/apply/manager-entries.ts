/**
 * `metadata.managedFields` as this folder works on it: one entry for each manager, operation and subresource, and for
 * updaters each version.
 */
import { compareBytes } from '../go-format.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { ManagedFieldsEntry } from '../object-meta.ts';
import { equalSets, isEmptySet, type FieldSet } from './field-set.ts';
import { parseFieldsV1 } from './fields-v1.ts';

export interface ManagerEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly fields: FieldSet;
  /** RFC 3339 with seconds; absent for an entry that never changed its object. */
  readonly time?: string | undefined;
  /** What the entry was read from, given back as it is when nothing about it changed. */
  readonly source?: ManagedFieldsEntry | undefined;
}

/** Entries by their id, in the order in which they were read. */
export type ManagerEntries = Map<string, ManagerEntry>;

export type ManagerId = Pick<ManagerEntry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>;

/** What tells entries apart: an applier is the same in every version, an updater is not. Ordered as Kubernetes orders. */
export function managerId(id: ManagerId): string {
  let text = '{';
  if (id.manager !== '') text += `"manager":${JSON.stringify(id.manager)},`;
  text += `"operation":"${id.operation}"`;
  if (id.operation === 'Update') text += `,"apiVersion":${JSON.stringify(id.apiVersion)}`;
  if (id.subresource !== '') text += `,"subresource":${JSON.stringify(id.subresource)}`;
  return `${text}}`;
}

/** Entries of a stored object, whose field sets are canonical. Throws a SyntaxError for what no server would have written. */
export function readStoredEntries(entries: readonly ManagedFieldsEntry[] | undefined): ManagerEntries {
  return readEntries(entries, (fields) => (isJsonObject(fields) ? (fields as unknown as FieldSet) : parseFieldsV1(fields)));
}

/** Entries that a client sent. Throws a SyntaxError with Kubernetes' text when they cannot be read. */
export function readSentEntries(entries: readonly ManagedFieldsEntry[] | undefined): ManagerEntries {
  return readEntries(entries, parseFieldsV1);
}

function readEntries(entries: readonly ManagedFieldsEntry[] | undefined, readFields: (fields: unknown) => FieldSet): ManagerEntries {
  const read: ManagerEntries = new Map();
  if (entries === undefined || entries === null) return read;
  if (!Array.isArray(entries)) throw new SyntaxError('managed fields must be a list');
  for (const [i, source] of (entries as readonly ManagedFieldsEntry[]).entries()) {
    if (!isJsonObject(source as unknown)) throw new SyntaxError(`managed fields entry ${i} must be an object`);
    const { operation, apiVersion } = source;
    if (operation !== 'Apply' && operation !== 'Update') throw new SyntaxError('operation must be `Apply` or `Update`');
    if (typeof apiVersion !== 'string' || apiVersion === '') throw new SyntaxError('apiVersion must not be empty');
    checkFieldsType(source.fieldsType, i);
    const entry: ManagerEntry = {
      manager: source.manager ?? '',
      operation,
      apiVersion,
      subresource: source.subresource ?? '',
      fields: readFields(source.fieldsV1),
      time: source.time,
      source,
    };
    read.set(managerId(entry), entry);
  }
  return read;
}

function checkFieldsType(fieldsType: string | undefined, i: number): void {
  if (fieldsType === 'FieldsV1') return;
  if (fieldsType === undefined || fieldsType === '') throw new SyntaxError(`missing fieldsType in managed fields entry ${i}`);
  throw new SyntaxError(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${i}`);
}

/** `[]` and `[{}]` ask for all ownership to be forgotten. */
export function asksForReset(entries: readonly ManagedFieldsEntry[] | undefined | null): boolean {
  if (!Array.isArray(entries) || entries.length > 1) return false;
  const only = entries[0] as ManagedFieldsEntry | undefined;
  return only === undefined || (isJsonObject(only) && Object.values(only).every((value) => value === undefined || value === null || value === ''));
}

/**
 * Back to `metadata.managedFields`: appliers first, then by time, name, version and subresource. Undefined when nobody
 * owns anything.
 */
export function writeEntries(entries: ManagerEntries): ManagedFieldsEntry[] | undefined {
  if (entries.size === 0) return undefined;
  const sorted = [...entries.values()].sort(compareEntries);
  return sorted.map(writeEntry);
}

function compareEntries(a: ManagerEntry, b: ManagerEntry): number {
  return (
    compareBytes(a.operation, b.operation) ||
    compareTimes(a.time, b.time) ||
    compareBytes(a.manager, b.manager) ||
    compareBytes(a.apiVersion, b.apiVersion) ||
    compareBytes(a.subresource, b.subresource)
  );
}

/** To the second; an entry without a time comes first. */
export function compareTimes(a: string | undefined, b: string | undefined): number {
  return a === b ? 0 : secondsOf(a) - secondsOf(b);
}

function secondsOf(time: string | undefined): number {
  const ms = time === undefined ? 0 : Date.parse(time);
  return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000);
}

function writeEntry(entry: ManagerEntry): ManagedFieldsEntry {
  const { source } = entry;
  if (source !== undefined && source.time === entry.time && source.apiVersion === entry.apiVersion && source.fieldsV1 !== undefined && equalSets(source.fieldsV1 as unknown as FieldSet, entry.fields)) return source;
  return {
    ...(entry.manager === '' ? {} : { manager: entry.manager }),
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    ...(entry.time === undefined ? {} : { time: entry.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: entry.fields as unknown as JsonObject,
    ...(entry.subresource === '' ? {} : { subresource: entry.subresource }),
  };
}

/** The same entry with other fields; undefined when it would own nothing. */
export function withFields(entry: ManagerEntry, fields: FieldSet): ManagerEntry | undefined {
  if (isEmptySet(fields)) return undefined;
  return fields === entry.fields ? entry : { ...entry, fields };
}
