import { badRequest, failure, notFound, timeout } from '../../machinery/status-error.ts';
import type { WatchCache } from '../watch-cache/watch-cache.ts';
import { callKey, type ApiCall, type RegistryContext } from './api-call.ts';
import type { Outcome } from './outcome.ts';

/** GET of one object. `resourceVersion` asks for a state at least that new; without it the newest is given. */
export function readObject(context: RegistryContext, call: ApiCall): Outcome | Promise<Outcome> {
  const cache = context.caches.get(call.type.storage);
  const wanted = call.query.size === 0 ? '' : (call.query.get('resourceVersion') ?? '');
  if (cache instanceof Promise || (wanted !== '0' && (wanted !== '' || !context.store.local))) return readWhenFresh(context, call, cache, wanted);
  return found(call, cache);
}

async function readWhenFresh(context: RegistryContext, call: ApiCall, opening: WatchCache | Promise<WatchCache>, wanted: string): Promise<Outcome> {
  const cache = await opening;
  if (wanted === '') await cache.waitForNewest();
  else if (wanted !== '0') await waitForRevision(context, cache, parseResourceVersion(wanted, 'get'));
  return found(call, cache);
}

function found(call: ApiCall, cache: WatchCache): Outcome {
  const item = cache.get(callKey(call));
  if (!item) throw notFound(call.type, call.info.name);
  return { type: 'stored', status: 200, object: item };
}

/** Refuses anything but a decimal number, for reads of one object and for lists in Kubernetes' two different ways. */
export function parseResourceVersion(text: string, reading: 'get' | 'list'): number {
  if (/^\d+$/.test(text)) return Number(text);
  const problem = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw reading === 'get' ? failure({ code: 500, message: problem }) : badRequest(`invalid resource version: ${problem}`);
}

/** How long a read waits for a revision that has not happened before it answers that it is too large. */
const FUTURE_WAIT_MS = 3000;

/** Waits until the cache shows `revision`; Timeout with Kubernetes' words when that revision does not come. */
export async function waitForRevision(context: RegistryContext, cache: WatchCache, revision: number): Promise<void> {
  const waiting = cache.waitFor(revision);
  if (!waiting) return;
  await new Promise<void>((resolve, reject) => {
    const timer = context.clock.setTimer(FUTURE_WAIT_MS, () => reject(tooLarge(revision, cache.revision)));
    waiting.then(
      () => {
        timer.cancel();
        resolve();
      },
      (error: unknown) => {
        timer.cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

export function tooLarge(revision: number, current: number): Error {
  return timeout(`Too large resource version: ${revision}, current: ${current}`, 1, [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]);
}
