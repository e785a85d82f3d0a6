import type { FlowSchema, FlowSchemaCondition } from '../../api/types/generated/flowcontrol-v1.ts';
import { formatTime, type Clock, type Timer } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { ApiRequest, ApiResponse } from '../http/api-request.ts';
import { InProcessRequest } from '../http/in-process.ts';
import type { ObjectReader } from '../object-reader.ts';
import type { ResourceCaches } from '../registry/resource-caches.ts';
import type { ResourceCatalog } from '../registry/resource-catalog.ts';
import { FLOW_SCHEMAS, PRIORITY_LEVELS } from './priority-and-fairness.ts';

export interface FlowSchemaStatusOptions {
  readonly reader: ObjectReader;
  readonly catalog: ResourceCatalog;
  readonly caches: ResourceCaches;
  readonly clock: Clock;
  /** Answers a request as it answers everybody's. */
  handle(request: ApiRequest): Promise<ApiResponse>;
  log(line: string): void;
}

const MANAGER = 'api-priority-and-fairness-config-consumer-v1';
const SERVER: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };
const CONDITION = 'Dangling';
const RETRY_AFTER_MS = 1000;

/** Says of every flow schema whether the priority level that it names exists, now and after every change. */
export class FlowSchemaStatus {
  readonly #options: FlowSchemaStatusOptions;
  #scheduled: Timer | undefined;
  #stopped = false;

  constructor(options: FlowSchemaStatusOptions) {
    this.#options = options;
  }

  /** Once for all that is stored. */
  async sync(): Promise<void> {
    const { reader, clock, log } = this.#options;
    const levels = new Set(reader.list(PRIORITY_LEVELS, '').map(({ metadata }) => metadata.name ?? ''));
    const now = formatTime(clock.now());
    const changes = (reader.list(FLOW_SCHEMAS, '') as unknown as readonly DeepReadonly<FlowSchema>[]).flatMap((schema) => {
      const condition = computeDangling(schema, levels, now);
      return condition ? [this.#apply(schema.metadata.name ?? '', condition)] : [];
    });
    const failed = (await Promise.all(changes)).filter((status) => status >= 400 && status !== 404);
    if (failed.length === 0) return;
    log(`the status of ${failed.length} flow schemas could not be written (${failed[0]})`);
    this.#schedule(RETRY_AFTER_MS);
  }

  /** From now on after every change of schemas and levels, until it is stopped. */
  follow(): void {
    const { catalog, caches, clock } = this.#options;
    for (const { group, resource } of [FLOW_SCHEMAS, PRIORITY_LEVELS]) {
      const prefix = catalog.findStored(group, resource)?.storage.prefix;
      const cache = prefix === undefined ? undefined : caches.peek(prefix);
      const subscribe = (): void => {
        if (this.#stopped) return;
        cache?.watchFromNow('', {
          onEvent: () => this.#schedule(0),
          // The cache lost the store and starts over.
          onEnd: () => {
            if (this.#stopped) return;
            clock.setTimer(RETRY_AFTER_MS, subscribe);
            this.#schedule(2 * RETRY_AFTER_MS);
          },
        });
      };
      subscribe();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#scheduled?.cancel();
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    this.#scheduled ??= this.#options.clock.setTimer(delayMs, () => {
      this.#scheduled = undefined;
      this.sync().catch((error: unknown) => this.#options.log(`the status of flow schemas: ${String(error)}`));
    });
  }

  async #apply(name: string, condition: FlowSchemaCondition): Promise<number> {
    const body = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'FlowSchema', metadata: { name }, status: { conditions: [condition] } };
    const response = await this.#options.handle(
      new InProcessRequest({
        method: 'PATCH',
        path: `/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/${encodeURIComponent(name)}/status?fieldManager=${MANAGER}&force=true`,
        headers: { accept: 'application/json', 'content-type': 'application/apply-patch+yaml', 'user-agent': 'kube-apiserver' },
        user: SERVER,
        body: JSON.stringify(body),
      }),
    );
    return response.status;
  }
}

/** What is to be said; undefined when it was said already. */
export function computeDangling({ spec, status }: DeepReadonly<FlowSchema>, levels: ReadonlySet<string>, now: string): FlowSchemaCondition | undefined {
  const level = spec?.priorityLevelConfiguration.name ?? '';
  const exists = levels.has(level);
  const wanted = {
    type: CONDITION,
    status: exists ? 'False' : 'True',
    reason: exists ? 'Found' : 'NotFound',
    message: `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)} ${exists ? 'and it exists' : 'but there is no such object'}`,
  };
  const said = status?.conditions?.find(({ type }) => type === CONDITION);
  if (said?.status === wanted.status && said.reason === wanted.reason && said.message === wanted.message) return undefined;
  const lastTransitionTime = said?.status === wanted.status && said.lastTransitionTime != null ? said.lastTransitionTime : now;
  return { ...wanted, lastTransitionTime };
}
