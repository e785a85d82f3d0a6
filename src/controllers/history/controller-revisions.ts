import type { ControllerRevision } from '../../api/types/generated/apps-v1.ts';
import type { PodTemplateSpec } from '../../api/types/generated/core-v1.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import type { ApiObject } from '../../client/resource-definition.ts';
import { cloneJson, equalJson, isJsonObject, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import { hasReason } from '../../machinery/status-error.ts';

export type SharedRevision = DeepReadonly<ControllerRevision>;

/** What a revision holds of its owner: the patch that brings its template back. */
export function revisionData(template: DeepReadonly<PodTemplateSpec> | undefined): JsonObject {
  return { spec: { template: { ...(cloneJson(template ?? {}) as JsonObject), $patch: 'replace' } } };
}

/** The same data, whether what is absent is left out or written as null, as older versions did. */
export function sameData(a: DeepReadonly<ControllerRevision>['data'], b: DeepReadonly<ControllerRevision>['data']): boolean {
  return equalJson(a, b) || equalJson(withoutNulls(a), withoutNulls(b));
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, part]) => (part === null ? [] : [[key, withoutNulls(part)]])));
}

/** The template that the revision holds; undefined for data of another kind. */
export function templateOf(revision: SharedRevision): PodTemplateSpec | undefined {
  const spec = revision.data?.['spec'];
  const template = isJsonObject(spec) ? spec['template'] : undefined;
  if (!isJsonObject(template)) return undefined;
  const { $patch: _, ...rest } = cloneJson(template);
  return rest as unknown as PodTemplateSpec;
}

/** The oldest first. */
export function inRevisionOrder(revisions: readonly SharedRevision[]): SharedRevision[] {
  const createdMs = ({ metadata }: SharedRevision): number => Date.parse(metadata.creationTimestamp ?? '');
  return revisions.toSorted((a, b) => a.revision - b.revision || createdMs(a) - createdMs(b) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

/** The number of the next one; `revisions` in their order. */
export function nextRevision(revisions: readonly SharedRevision[]): number {
  return (revisions.at(-1)?.revision ?? 0) + 1;
}

export interface NewRevision {
  readonly owner: DeepReadonly<ApiObject>;
  /** The revision but for its name and its hash, which follow from the data. */
  readonly make: (hash: string) => ControllerRevision;
  readonly hash: (collisions: number) => string;
  readonly collisions: number;
}

/**
 * Creates the revision. When its name is taken, by the same data, that one is the answer; by others, another hash is
 * tried, and the number of collisions says so.
 */
export async function createRevision(client: ResourceClient<ControllerRevision>, wanted: NewRevision, signal: AbortSignal): Promise<{ readonly revision: ControllerRevision; readonly collisions: number }> {
  for (let { collisions } = wanted; ; collisions++) {
    const revision = wanted.make(wanted.hash(collisions));
    try {
      return { revision: await client.create(revision, { signal }), collisions };
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) throw error;
    }
    const existing = await client.get(revision.metadata.name ?? '', { signal });
    if (sameData(existing.data, revision.data)) return { revision: existing, collisions };
  }
}

/** A name has room for a hash behind the owner's. */
export function revisionName(owner: DeepReadonly<ApiObject>, hash: string): string {
  return `${(owner.metadata.name ?? '').slice(0, 223)}-${hash}`;
}

/** Revisions beyond the limit that nothing uses, the oldest first; `revisions` in their order. */
export function revisionsToForget(revisions: readonly SharedRevision[], live: ReadonlySet<string>, limit: number): SharedRevision[] {
  const unused = revisions.filter(({ metadata }) => !live.has(metadata.name ?? ''));
  return unused.slice(0, Math.max(0, unused.length - limit));
}

export async function forgetRevisions(client: ResourceClient<ControllerRevision>, revisions: readonly SharedRevision[], signal: AbortSignal): Promise<void> {
  for (const { metadata } of revisions) {
    try {
      await client.delete(metadata.name ?? '', { signal });
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error;
    }
  }
}
