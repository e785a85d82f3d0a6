import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Status } from '../../machinery/status-error.ts';
import type { ApiResponse } from '../http/api-request.ts';
import type { CachedObject } from '../watch-cache/cached-object.ts';
import type { ServedObject } from './served-object.ts';

/** What an operation on a resource came to; the pipeline's last stage puts it into the form the client accepts. */
export type Outcome =
  /** An object as it is stored. */
  | { readonly type: 'stored'; readonly status: number; readonly object: ServedObject }
  /** An object of the request's version that is not in the store: dry runs, scales, reviews. */
  | { readonly type: 'object'; readonly status: number; readonly object: KubeObject }
  | { readonly type: 'list'; readonly list: ListOutcome }
  | { readonly type: 'status'; readonly status: Status }
  /** Made by the operation itself: watches, logs. */
  | { readonly type: 'response'; readonly response: ApiResponse };

export interface ListOutcome {
  readonly items: readonly CachedObject[];
  readonly revision: number;
  /** Absent on the last page. */
  readonly continueToken?: string;
  readonly remainingItemCount?: number;
}
