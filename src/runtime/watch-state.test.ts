import { describe, expect, test } from 'vitest';
import { TransportError } from '../client/transport.ts';
import { badRequest, expired, failure, forbidden, internalError, timeout } from '../machinery/status-error.ts';
import { nextWatchState, type WatchInput, type WatchState } from './watch-state.ts';

const empty: WatchState = { type: 'empty', listBy: 'stream' };
const pages: WatchState = { type: 'empty', listBy: 'pages' };
const whole: WatchState = { type: 'empty', listBy: 'whole' };
const initial: WatchState = { type: 'initial' };
const resumable: WatchState = { type: 'resumable', resourceVersion: '90', listBy: 'stream', refusals: 0 };
const watching: WatchState = { type: 'watching', resourceVersion: '90', listBy: 'stream' };

const failed = (error: unknown): WatchInput => ({ type: 'failed', error });
const gone = failed(expired('too old resource version: 90 (100)'));
const tooLarge = failed(timeout('Too large resource version: 90, current: 5', 1, [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]));
const unsupported = failed(failure({ code: 422, reason: 'Invalid', message: 'sendInitialEvents: Forbidden' }));
const broken = failed(new TransportError('read ECONNRESET'));
const denied = failed(forbidden({ group: '', resource: 'pods' }, '', 'no'));
const event = (resourceVersion: string): WatchInput => ({ type: 'event', resourceVersion });
const bookmark = (resourceVersion: string, initialEventsEnd = false): WatchInput => ({ type: 'bookmark', resourceVersion, initialEventsEnd });

describe('the states of a watcher', () => {
  const stays: [string, WatchState, WatchInput, WatchState][] = [
    ['a watch that is taken brings the state', empty, { type: 'opened' }, initial],
    ['initial events leave it incomplete', initial, event('80'), initial],
    ['so does a bookmark without the mark', initial, bookmark('80'), initial],
    ['the marked bookmark completes it', initial, bookmark('90', true), watching],
    ['a list completes it', pages, { type: 'listed', resourceVersion: '90' }, { ...resumable, listBy: 'pages' }],
    ['a whole list completes it, and pages are tried the next time', whole, { type: 'listed', resourceVersion: '90' }, { ...resumable, listBy: 'pages' }],
    ['a resumed watch goes on', resumable, { type: 'opened' }, watching],
    ['an event moves the revision', watching, event('91'), { ...watching, resourceVersion: '91' }],
    ['revisions are numbers, not texts', watching, event('100'), { ...watching, resourceVersion: '100' }],
    ['a bookmark moves it, too', watching, bookmark('95'), { ...watching, resourceVersion: '95' }],
    ['a bookmark without a revision does not', watching, bookmark(''), watching],
  ];
  test.each(stays)('%s', (_name, state, input, next) => {
    expect(nextWatchState(state, input)).toEqual({ state: next, restart: false, backOff: false });
  });

  const restarts: [string, WatchState, WatchInput, WatchState, boolean][] = [
    ['a server that does not know initial events is asked for pages at once', empty, unsupported, pages, false],
    ['also when it says so as a bad request', empty, failed(badRequest('no')), pages, false],
    ['a failed start is tried again, later', empty, broken, empty, true],
    ['a forbidden start is tried again, later: rights come and go', empty, denied, empty, true],
    ['pages that expire are asked for as a whole', pages, gone, whole, true],
    ['pages that fail are asked for again', pages, broken, pages, true],
    ['a state that broke off begins from nothing', initial, broken, empty, true],
    ['a state that ended too early begins from nothing', initial, { type: 'ended' }, empty, true],
    ['a state that never completes is asked for in pages', initial, { type: 'silent' }, pages, false],
    ['a broken watch is resumed', watching, broken, resumable, true],
    ['a watch that the server ends is resumed at once', watching, { type: 'ended' }, resumable, false],
    ['a silent watch is renewed at once', watching, { type: 'silent' }, resumable, false],
    ['an expired watch begins from nothing', watching, gone, empty, false],
    ['an expired resumption begins from nothing', resumable, gone, empty, false],
    ['a server that is behind what is known means a new beginning', resumable, tooLarge, empty, false],
    ['so does a revision that goes backwards', watching, event('9'), empty, true],
    ['a server that is down is asked again', resumable, failed(internalError('x')), resumable, true],
    ['a refused resumption is tried again', resumable, denied, { ...resumable, refusals: 1 } as WatchState, true],
    ['one that is refused again and again begins from nothing', { ...resumable, refusals: 4 } as WatchState, denied, empty, true],
  ];
  test.each(restarts)('%s', (_name, state, input, next, backOff) => {
    expect(nextWatchState(state, input)).toEqual({ state: next, restart: true, backOff });
  });
});
