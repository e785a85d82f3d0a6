import { existsSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { TypeFacts } from '../facts/type-facts.ts';

export interface TypeDescriptions {
  readonly type?: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** What a type and its fields are for, in prose. */
export type DescribeType = (type: TypeFacts) => TypeDescriptions;

export const NO_DESCRIPTIONS: TypeDescriptions = { fields: new Map() };

/**
 * Reads descriptions out of the declaration files of @kubernetes/client-node, as text: the package is never loaded, and
 * where it is not installed there are no descriptions. Files are read when their type is asked for.
 */
export function describeFromClientPackage(): DescribeType {
  const folder = modelFolder();
  if (folder === undefined) return () => NO_DESCRIPTIONS;
  return (type) => {
    for (const model of modelNames(type)) {
      const file = join(folder, `${model}.d.ts`);
      if (existsSync(file)) return parseDeclaration(readFileSync(file, 'utf8'));
    }
    return NO_DESCRIPTIONS;
  };
}

/** Asks once for each type: for the time of building one document. */
export function rememberDescriptions(describe: DescribeType): DescribeType {
  const known = new Map<TypeFacts, TypeDescriptions>();
  return (type) => {
    let descriptions = known.get(type);
    if (descriptions === undefined) {
      descriptions = describe(type);
      known.set(type, descriptions);
    }
    return descriptions;
  };
}

function modelFolder(): string | undefined {
  try {
    const packageFile = findPackageJSON('@kubernetes/client-node', import.meta.url);
    const folder = packageFile === undefined ? undefined : join(dirname(packageFile), 'dist', 'gen', 'models');
    return folder !== undefined && existsSync(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** `V1Pod`, or `CoreV1EndpointPort` where two groups have a type of that name. */
function modelNames(type: TypeFacts): string[] {
  const parts = type.name.split('.');
  const group = parts.at(-3) ?? '';
  const version = capitalized(parts.at(-2) ?? '');
  if (type.name === 'io.k8s.apimachinery.pkg.version.Info') return ['VersionInfo'];
  return [`${capitalized(group)}${version}${type.goName}`, `${version}${type.goName}`];
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** The comments before the file's first class and before each of its properties. */
export function parseDeclaration(text: string): TypeDescriptions {
  const fields = new Map<string, string>();
  let type: string | undefined;
  let comment: string[] = [];
  for (const line of text.split('\n')) {
    const piece = line.trim();
    if (piece === '/**') comment = [];
    else if (piece.startsWith('* ') || piece === '*') comment.push(piece.slice(2));
    else if (piece.startsWith('export declare class ')) {
      type = joined(comment);
      comment = [];
    } else if (piece.startsWith('static ')) break;
    else if (piece !== '*/') {
      const property = /^'?([A-Za-z0-9_]+)'?\??:/.exec(piece)?.[1];
      if (property !== undefined && type !== undefined && comment.length > 0) fields.set(jsonName(property), joined(comment));
      comment = [];
    }
  }
  return type === undefined || type === '' ? { fields } : { type, fields };
}

function joined(comment: readonly string[]): string {
  return comment.join('\n').trim().replaceAll(/\\(['"\\])/g, '$1');
}

/** The generator of that package renames what is reserved or no identifier: `_continue`, `x_kubernetes_list_type`. */
function jsonName(property: string): string {
  const name = property.startsWith('_') ? property.slice(1) : property;
  return name.startsWith('x_kubernetes_') ? name.replaceAll('_', '-') : name;
}
