import type { Node } from '../../api/types/generated/core-v1.ts';

/** What extenders answer, as it travels; every field may be missing. */
export interface FilterAnswer {
  readonly nodes?: { readonly items?: readonly Pick<Node, 'metadata'>[] } | null;
  readonly nodenames?: readonly string[] | null;
  readonly failedNodes?: Readonly<Record<string, string>> | null;
  readonly failedAndUnresolvableNodes?: Readonly<Record<string, string>> | null;
  readonly error?: string;
}

export interface HostPriority {
  readonly host: string;
  readonly score: number;
}

export interface BindingAnswer {
  readonly error?: string;
}

export interface PreemptionAnswer {
  readonly nodeNameToMetaVictims?: Readonly<Record<string, { readonly pods?: readonly { readonly uid: string }[] | null; readonly numPDBViolations?: number }>> | null;
}

/** POST of JSON; the answer's body is JSON too. Rejects when no answer came within the time. */
export type PostJson = (request: PostRequest) => Promise<{ readonly status: number; readonly body: unknown }>;

export interface PostRequest {
  readonly url: string;
  readonly body: unknown;
  readonly timeoutMs: number;
}
