import { isExpired, isTooLargeResourceVersion, isTransient } from '../client/answer-error.ts';
import { findStatusError } from '../machinery/status-error.ts';
import { compareResourceVersions } from './resource-version.ts';

/**
 * What a watcher knows, and therefore what it does next:
 *
 *     empty ──opened──▶ initial ──synced──▶ watching ◀──opened── resumable
 *       └───────────listed──────────────────▶ resumable
 *
 * `empty`: nothing, or only what is too old to go on from; it asks for the whole state. `initial`: the state is coming in
 * over the watch. `resumable`: complete up to a revision, no watch open. `watching`: complete up to a revision, and fed.
 * Every failure leads to `empty` or `resumable`, never to an end.
 */
export type WatchState =
  | { readonly type: 'empty'; readonly listBy: ListBy }
  | { readonly type: 'initial' }
  | { readonly type: 'resumable'; readonly resourceVersion: string; readonly listBy: ListBy; /** Watches refused in a row. */ readonly refusals: number }
  | { readonly type: 'watching'; readonly resourceVersion: string; readonly listBy: ListBy };

/**
 * How the whole state is asked for: over the watch itself; in pages, where the server does not know the first; or at
 * once, when pages expired before the last was read.
 */
export type ListBy = 'stream' | 'pages' | 'whole';

export type WatchInput =
  /** The server took the watch. */
  | { readonly type: 'opened' }
  /** The whole state was read in pages. */
  | { readonly type: 'listed'; readonly resourceVersion: string }
  | { readonly type: 'event'; readonly resourceVersion: string }
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  /** The server ended the watch in order. */
  | { readonly type: 'ended' }
  | { readonly type: 'failed'; readonly error: unknown }
  /** Nothing was heard for longer than a healthy watch is silent. */
  | { readonly type: 'silent' };

export interface WatchStep {
  readonly state: WatchState;
  /** The watch that is open is of no more use. */
  readonly restart: boolean;
  /** Wait before asking again. */
  readonly backOff: boolean;
}

/** A watch that is refused so often in a row, for reasons that time does not cure, is begun from nothing. */
const MAX_REFUSALS = 5;

export const START: WatchState = { type: 'empty', listBy: 'stream' };

export function nextWatchState(state: WatchState, input: WatchInput): WatchStep {
  switch (state.type) {
    case 'empty':
      return fromEmpty(state, input);
    case 'initial':
      return fromInitial(state, input);
    case 'resumable':
      return fromResumable(state, input);
    case 'watching':
      break;
  }
  return fromWatching(state, input);
}

function fromEmpty(state: Extract<WatchState, { type: 'empty' }>, input: WatchInput): WatchStep {
  const { listBy } = state;
  switch (input.type) {
    case 'opened':
      return stay({ type: 'initial' });
    case 'listed':
      return stay({ type: 'resumable', resourceVersion: input.resourceVersion, listBy: listBy === 'whole' ? 'pages' : listBy, refusals: 0 });
    case 'failed':
      if (listBy === 'stream') return again({ type: 'empty', listBy: isUnsupported(input.error) ? 'pages' : 'stream' }, !isUnsupported(input.error));
      return again({ type: 'empty', listBy: isExpired(input.error) ? 'whole' : listBy }, true);
    case 'event':
    case 'bookmark':
    case 'ended':
    case 'silent':
      break;
  }
  return again(state, true);
}

function fromInitial(state: Extract<WatchState, { type: 'initial' }>, input: WatchInput): WatchStep {
  switch (input.type) {
    case 'bookmark':
      if (!input.initialEventsEnd) return stay(state);
      return stay({ type: 'watching', resourceVersion: input.resourceVersion, listBy: 'stream' });
    case 'silent':
      // A server that does not know the parameter sends the state and never says that it is complete.
      return again({ type: 'empty', listBy: 'pages' }, false);
    case 'failed':
      return again({ type: 'empty', listBy: isUnsupported(input.error) ? 'pages' : 'stream' }, true);
    case 'ended':
      return again({ type: 'empty', listBy: 'stream' }, true);
    case 'event':
    case 'opened':
    case 'listed':
      break;
  }
  return stay(state);
}

function fromResumable(state: Extract<WatchState, { type: 'resumable' }>, input: WatchInput): WatchStep {
  const { resourceVersion, listBy, refusals } = state;
  switch (input.type) {
    case 'opened':
      return stay({ type: 'watching', resourceVersion, listBy });
    case 'failed':
      if (isLost(input.error)) return again({ type: 'empty', listBy }, false);
      if (isTransient(input.error)) return again(state, true);
      if (refusals + 1 >= MAX_REFUSALS) return again({ type: 'empty', listBy }, true);
      return again({ ...state, refusals: refusals + 1 }, true);
    case 'listed':
    case 'event':
    case 'bookmark':
    case 'ended':
    case 'silent':
      break;
  }
  return again(state, true);
}

function fromWatching(state: Extract<WatchState, { type: 'watching' }>, input: WatchInput): WatchStep {
  const { listBy } = state;
  const resumable: WatchState = { type: 'resumable', resourceVersion: state.resourceVersion, listBy, refusals: 0 };
  switch (input.type) {
    case 'event':
    case 'bookmark': {
      const { resourceVersion } = input;
      // Bookmarks may come without a revision from servers that count none.
      if (resourceVersion === '' || resourceVersion === state.resourceVersion) return stay(state);
      const order = compareResourceVersions(resourceVersion, state.resourceVersion);
      // The server's history went backwards: it was restored, and what we know may never have been.
      if (order !== undefined && order < 0) return again({ type: 'empty', listBy }, true);
      return stay({ ...state, resourceVersion });
    }
    case 'ended':
    case 'silent':
      return again(resumable, false);
    case 'failed':
      return isLost(input.error) ? again({ type: 'empty', listBy }, false) : again(resumable, true);
    case 'opened':
    case 'listed':
      break;
  }
  return stay(state);
}

function stay(state: WatchState): WatchStep {
  return { state, restart: false, backOff: false };
}

function again(state: WatchState, backOff: boolean): WatchStep {
  return { state, restart: true, backOff };
}

/** The revision to go on from is too old for the server, or too new. */
function isLost(error: unknown): boolean {
  return isExpired(error) || isTooLargeResourceVersion(error);
}

/** Older servers and some aggregated ones refuse a watch that begins with the state. */
function isUnsupported(error: unknown): boolean {
  const code = findStatusError(error)?.code;
  return code === 400 || code === 405 || code === 422;
}
