import type { Attributes } from '../authorization/authorizer.ts';
import type { ApiRequest, ResponseHeaders } from '../http/api-request.ts';
import type { RequestInfo } from '../pipeline/request-info.ts';

/** Lets requests in as the server can bear them. */
export interface Gate {
  /** At once where there is room; otherwise when the request's turn has come, or it was refused. Never rejects. */
  admit(attributes: Attributes, info: RequestInfo, request: ApiRequest): Passage | Promise<Passage>;
  /** Nothing of it runs any more. */
  close(): void;
}

export type Passage =
  /** `leave` is to be called once, when the request was answered. */
  | { readonly type: 'admitted'; readonly leave: () => void; readonly headers?: ResponseHeaders }
  | { readonly type: 'refused'; readonly headers?: ResponseHeaders };

export const RETRY_AFTER_SECONDS = 1;
