import { badRequest, expired } from '../../machinery/status-error.ts';
import { CompactedError, FutureRevisionError } from '../../store/errors.ts';
import type { CachedObject } from '../watch-cache/cached-object.ts';
import { rangeOf, type Snapshot, type WatchCache } from '../watch-cache/watch-cache.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import { continueExpired, decodeContinue, encodeContinue, type ContinueToken } from './continue-token.ts';
import type { ListOutcome, Outcome } from './outcome.ts';
import { parseResourceVersion, tooLarge, waitForRevision } from './read.ts';
import { parseListOptions, validateListOptions, type ListOptions } from './request-options.ts';
import { selectionOf, type Selection } from './selection.ts';

/** LIST, whole or by page. Each page of one list shows the same state, whatever is written meanwhile. */
export async function listObjects(context: RegistryContext, call: ApiCall): Promise<Outcome> {
  const options = parseListOptions(call.query);
  validateListOptions(options, false);
  return { type: 'list', list: await selectObjects(context, call, options) };
}

/** The objects that a list or the deletion of a collection is about. */
export async function selectObjects(context: RegistryContext, call: ApiCall, options: ListOptions): Promise<ListOutcome> {
  const { storage } = call.type;
  const selection = selectionOf(call.type, call.info.namespace, '', options);
  const cache = await context.caches.get(storage);
  const token = options.continueToken === '' ? undefined : continuation(options);
  const snapshot = await stateFor(context, call, cache, options, token);
  await selection.prepare?.([...rangeOf(snapshot.tree, selection.scope, token?.start)]);
  return page(cache, snapshot, selection, call.info.namespace, options.limit, token);
}

function continuation(options: ListOptions): ContinueToken {
  if (options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  return decodeContinue(options.continueToken);
}

async function stateFor(context: RegistryContext, call: ApiCall, cache: WatchCache, options: ListOptions, token: ContinueToken | undefined): Promise<Snapshot> {
  if (token && token.revision > 0) {
    const kept = cache.pagedSnapshot(token.revision);
    if (kept) return kept;
    return (await pastState(context, call, token.revision)) ?? Promise.reject(continueExpired(token.start));
  }
  const wanted = token ? '' : options.resourceVersion;
  if (wanted === '') {
    if (!context.store.local) await cache.waitForNewest();
  } else if (wanted !== '0') {
    const revision = parseResourceVersion(wanted, 'list');
    const exact = options.resourceVersionMatch === 'Exact' || (options.resourceVersionMatch === '' && options.limit > 0);
    await waitForRevision(context, cache, revision);
    if (exact && cache.revision !== revision && cache.lastChange > revision) {
      const past = cache.pagedSnapshot(revision) ?? (await pastState(context, call, revision));
      if (past) return past;
      throw expired(`The provided resource version is too old, resource version ${revision} is no longer available`);
    }
    if (exact) return { ...cache.snapshot(), revision };
  }
  return options.limit > 0 ? cache.keepForPaging() : cache.snapshot();
}

/** A state read from the store's history; undefined when it was compacted away. */
async function pastState(context: RegistryContext, call: ApiCall, revision: number): Promise<Snapshot | undefined> {
  const { storage } = call.type;
  const cache = await context.caches.get(storage);
  try {
    return await cache.pastSnapshot(revision);
  } catch (error) {
    if (error instanceof CompactedError) return undefined;
    if (error instanceof FutureRevisionError) throw tooLarge(error.requested, error.current);
    throw error;
  }
}

function page(cache: WatchCache, snapshot: Snapshot, selection: Selection, namespace: string, limit: number, token: ContinueToken | undefined): ListOutcome {
  const items: CachedObject[] = [];
  const isCurrent = snapshot.revision >= cache.lastChange;
  const exactKey = selection.scope !== '' && !selection.scope.endsWith('/');
  if (exactKey) {
    const item = snapshot.tree.get(selection.scope);
    if (item && selection.matches(item)) items.push(item);
    return { items, revision: snapshot.revision };
  }
  let last = '';
  for (const item of rangeOf(snapshot.tree, selection.scope, token?.start)) {
    if (!selection.matches(item)) continue;
    if (limit > 0 && items.length === limit) {
      return { items, revision: snapshot.revision, ...restOf(cache, snapshot, selection, namespace, items.length, last, token, isCurrent) };
    }
    items.push(item);
    last = item.key;
  }
  return { items, revision: snapshot.revision };
}

/** Of a past state; one kept for paging has no counts by namespace, so they are counted: only a list that begins in the past asks. */
function countOf(snapshot: Snapshot, namespace: string): number {
  if (namespace === '') return snapshot.tree.size;
  if (snapshot.counts) return snapshot.counts.get(namespace) ?? 0;
  let count = 0;
  for (const _ of rangeOf(snapshot.tree, `${namespace}/`)) count++;
  return count;
}

function restOf(cache: WatchCache, snapshot: Snapshot, selection: Selection, namespace: string, shown: number, last: string, token: ContinueToken | undefined, isCurrent: boolean): Pick<ListOutcome, 'continueToken' | 'remainingItemCount'> {
  const before = token ? token.remaining : isCurrent ? cache.count(namespace) : countOf(snapshot, namespace);
  const remaining = selection.everything && before !== undefined ? before - shown : undefined;
  const continueToken = encodeContinue({ revision: snapshot.revision, start: last, ...(remaining !== undefined && { remaining }) });
  return { continueToken, ...(remaining !== undefined && { remainingItemCount: remaining }) };
}

