import type { Attributes } from '../authorization/authorizer.ts';
import { isLongRunning } from '../pipeline/long-running.ts';
import type { RequestInfo } from '../pipeline/request-info.ts';
import type { Gate, Passage } from './gate.ts';

export interface InFlightOptions {
  /** `--max-requests-inflight`: requests that read. 0: no limit. */
  readonly reading: number;
  /** `--max-mutating-requests-inflight`. 0: no limit. */
  readonly writing: number;
}

const READING: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'head', 'options']);
const FREE: Passage = { type: 'admitted', leave: () => undefined };

/** Two fixed bounds on requests at once, where priority and fairness are turned off. Administrators are never held back. */
export class InFlightLimits implements Gate {
  readonly #options: InFlightOptions;
  readonly #now = { reading: 0, writing: 0 };

  constructor(options: InFlightOptions) {
    this.#options = options;
  }

  admit({ user }: Attributes, info: RequestInfo): Passage {
    const kind = READING.has(info.verb) ? 'reading' : 'writing';
    const limit = this.#options[kind];
    if (limit === 0 || isLongRunning(info)) return FREE;
    if (this.#now[kind] >= limit) return (user.groups ?? []).includes('system:masters') ? FREE : { type: 'refused' };
    this.#now[kind]++;
    return { type: 'admitted', leave: () => this.#now[kind]-- };
  }

  close(): void {
    // Nothing runs but requests.
  }
}
