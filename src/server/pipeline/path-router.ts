import type { UserInfo } from '../authentication/authenticator.ts';
import type { ApiRequest, ApiResponse } from '../http/api-request.ts';

/** A request for something that is no resource: health, discovery, documents, metrics. */
export interface PathCall {
  readonly request: ApiRequest;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly user: UserInfo;
}

export type PathHandler = (call: PathCall) => ApiResponse | Promise<ApiResponse>;

/** Exact paths first, then the longest prefix. */
export class PathRouter {
  readonly #exact = new Map<string, PathHandler>();
  readonly #prefixes: (readonly [prefix: string, handler: PathHandler])[] = [];

  /** `/healthz`; a trailing slash is the same path. */
  exact(path: string, handler: PathHandler): this {
    this.#exact.set(path, handler);
    return this;
  }

  /** Everything below `prefix`, which ends with a slash. */
  prefix(prefix: string, handler: PathHandler): this {
    this.#prefixes.push([prefix, handler]);
    this.#prefixes.sort((a, b) => b[0].length - a[0].length);
    return this;
  }

  /** With the pattern that was registered, of which there are not more than handlers. */
  find(path: string): { readonly pattern: string; readonly handler: PathHandler } | undefined {
    const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    const exact = this.#exact.get(trimmed);
    if (exact) return { pattern: trimmed, handler: exact };
    const longest = this.#prefixes.find(([prefix]) => path.startsWith(prefix));
    return longest && { pattern: longest[0], handler: longest[1] };
  }

  /** What `/` lists. */
  paths(): string[] {
    return [...this.#exact.keys()].filter((p) => p !== '/').sort();
  }
}
