import type { RequestInfo } from './request-info.ts';

const LASTING_SUBRESOURCES: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy', 'log']);

/** Those that last as long as their clients like, whatever deadlines and seats there are: watches, and connections to pods and nodes. */
export function isLongRunning(info: RequestInfo): boolean {
  return info.isResource && (info.verb === 'watch' || LASTING_SUBRESOURCES.has(info.subresource));
}
