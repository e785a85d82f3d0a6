import type { DeepReadonly, JsonValue } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { notAcceptable, badRequest } from '../../machinery/status-error.ts';
import type { ListOutcome } from '../registry/outcome.ts';
import type { ResourceType } from '../registry/resource-type.ts';
import type { AcceptedForm } from './negotiation.ts';

/** How much of each object a table's rows carry (`includeObject`). */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export function parseIncludeObject(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? '';
  if (value === '' || value === 'Metadata') return 'Metadata';
  if (value === 'None' || value === 'Object') return value;
  throw badRequest(`Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`);
}

export interface TableRow {
  readonly cells: JsonValue[];
  readonly conditions?: readonly unknown[];
  readonly object: unknown;
}

/** A view of one or more objects that the server makes for clients that only show them. */
export interface TransformContext {
  readonly type: ResourceType;
  readonly as: NonNullable<AcceptedForm['as']>;
  readonly include: IncludeObject;
  readonly nowMs: number;
}

const META = 'meta.k8s.io';

/** One object as the client asked to see it; `object` is in the request's version. */
export function transformObject(context: TransformContext, object: DeepReadonly<KubeObject>, withColumns = true): unknown {
  switch (context.as.kind) {
    case 'Table':
      return table(context, [object], { resourceVersion: object.metadata.resourceVersion ?? '' }, withColumns);
    case 'PartialObjectMetadata':
      return partial(context, object);
    default:
      throw notAcceptable(`you requested ${context.as.kind}, but the requested object is not a list (${goType(context.type, '')})`);
  }
}

/** A list as the client asked to see it. */
export function transformList(context: TransformContext, objects: readonly DeepReadonly<KubeObject>[], list: ListOutcome): unknown {
  const metadata = listMeta(list);
  switch (context.as.kind) {
    case 'Table':
      return table(context, objects, metadata, true);
    case 'PartialObjectMetadataList':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: `${META}/${context.as.version}`,
        metadata,
        items: objects.map((o) => partial(context, o)),
      };
    default:
      throw notAcceptable(`you requested ${context.as.kind}, but the requested object is a list (${goType(context.type, 'List')})`);
  }
}

function goType(type: ResourceType, suffix: string): string {
  return type.custom ? `*unstructured.Unstructured${suffix}` : `*${type.group === '' ? 'core' : type.group.split('.')[0]}.${type.kind}${suffix}`;
}

export function listMeta(list: ListOutcome): Record<string, unknown> {
  return {
    resourceVersion: String(list.revision),
    ...(list.continueToken !== undefined && { continue: list.continueToken }),
    ...(list.remainingItemCount !== undefined && { remainingItemCount: list.remainingItemCount }),
  };
}

function partial(context: TransformContext, object: DeepReadonly<KubeObject>): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: `${META}/${context.as.version}`, metadata: object.metadata };
}

function conditionsOf(type: ResourceType, object: DeepReadonly<KubeObject>): { conditions?: readonly unknown[] } {
  const conditions = type.storage.rules.rowConditions?.(object as KubeObject) ?? [];
  return conditions.length === 0 ? {} : { conditions };
}

function table(context: TransformContext, objects: readonly DeepReadonly<KubeObject>[], metadata: Record<string, unknown>, withColumns: boolean): unknown {
  const { type, include, nowMs, as } = context;
  const rows: TableRow[] = objects.map((object) => ({
    cells: type.cells(object, nowMs),
    ...conditionsOf(type, object),
    object: include === 'None' ? null : include === 'Object' ? object : partial({ ...context, as: { kind: 'PartialObjectMetadata', version: as.version } }, object),
  }));
  return {
    kind: 'Table',
    apiVersion: `${META}/${as.version}`,
    metadata,
    columnDefinitions: withColumns ? type.columns : null,
    rows,
  };
}
