import type { Client } from '../../client/client.ts';
import { parseDurationMs } from '../../machinery/duration.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { parseQuantity, quantityMilliValue } from '../../machinery/quantity.ts';
import { findStatusError } from '../../machinery/status-error.ts';

export interface PodMetric {
  /** In thousandths. */
  readonly value: number;
  readonly timestampMs: number;
  readonly windowMs: number;
}

/** By the pod's name. */
export type PodMetrics = ReadonlyMap<string, PodMetric>;

export interface ResourceMetricQuery {
  readonly namespace: string;
  readonly selector: string;
  readonly resource: string;
  /** Absent: the whole pod. */
  readonly container?: string;
}

export interface CustomMetricQuery {
  readonly namespace: string;
  readonly metric: string;
  readonly metricSelector: string;
}

const RESOURCE_WINDOW_MS = 60_000;
const CUSTOM_VERSIONS = ['v1beta2', 'v1beta1'] as const;

/** The three metrics APIs, which servers beside this one may serve. Throws what client-go says of their answers. */
export class MetricsSource {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async resource({ namespace, selector, resource, container }: ResourceMetricQuery, signal: AbortSignal): Promise<PodMetrics> {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
    const items = await this.#items(path, { api: 'resource metrics API', subject: 'pods.metrics.k8s.io', signal });
    if (items.length === 0) throw new Error('no metrics returned from resource metrics API');
    const metrics = new Map<string, PodMetric>();
    for (const item of items) {
      const name = nameOf(item['metadata']);
      const containers = objects(item['containers']);
      const chosen = container === undefined ? containers : containers.filter((each) => each['name'] === container);
      if (container !== undefined && chosen.length === 0) throw new Error(`container ${container} not present in metrics for pod ${namespace}/${name}`);
      const values = chosen.map(({ usage }) => (isJsonObject(usage) ? milli(usage[resource]) : undefined));
      // A pod of which something is missing says nothing.
      if (values.includes(undefined)) continue;
      metrics.set(name, { value: values.reduce<number>((sum, value) => sum + (value ?? 0), 0), timestampMs: Date.parse(text(item['timestamp'])), windowMs: duration(item['window']) });
    }
    return metrics;
  }

  async pods({ namespace, metric, metricSelector }: CustomMetricQuery, selector: string, signal: AbortSignal): Promise<PodMetrics> {
    const query = new URLSearchParams({ labelSelector: selector, ...(metricSelector !== '' && { metricLabelSelector: metricSelector }) });
    const items = await this.#custom(`namespaces/${namespace}/pods/*/${metric}?${query.toString()}`, 'pods.custom.metrics.k8s.io *', signal);
    if (items.length === 0) throw new Error('no metrics returned from custom metrics API');
    return new Map(items.map((item) => {
      const seconds = item['windowSeconds'] ?? item['window'];
      const windowMs = typeof seconds === 'number' ? seconds * 1000 : RESOURCE_WINDOW_MS;
      return [nameOf(item['describedObject']), { value: milli(item['value']) ?? 0, timestampMs: Date.parse(text(item['timestamp'])), windowMs }];
    }));
  }

  /** `object` is the path of the described object: `deployments.apps/web`, or '' for the namespace itself. */
  async object({ namespace, metric, metricSelector }: CustomMetricQuery, object: string, signal: AbortSignal): Promise<number> {
    const query = metricSelector === '' ? '' : `?metricLabelSelector=${encodeURIComponent(metricSelector)}`;
    const items = await this.#custom(`namespaces/${namespace}/${object === '' ? 'metrics' : object}/${metric}${query}`, `${object}.custom.metrics.k8s.io`, signal);
    const [first] = items;
    if (!first) throw new Error('no metrics returned from custom metrics API');
    return milli(first['value']) ?? 0;
  }

  async external({ namespace, metric, metricSelector }: CustomMetricQuery, signal: AbortSignal): Promise<number[]> {
    const query = metricSelector === '' ? '' : `?labelSelector=${encodeURIComponent(metricSelector)}`;
    const items = await this.#items(`/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${metric}${query}`, { api: 'external metrics API', subject: `${metric}.external.metrics.k8s.io`, signal });
    if (items.length === 0) throw new Error('no metrics returned from external metrics API');
    return items.map((item) => milli(item['value']) ?? 0);
  }

  /** Servers of the older version are still about. */
  async #custom(path: string, subject: string, signal: AbortSignal): Promise<JsonObject[]> {
    const options = { api: 'custom metrics API', subject, signal };
    const [newer, older] = CUSTOM_VERSIONS.map((version) => `/apis/custom.metrics.k8s.io/${version}/${path}`);
    try {
      return await this.#items(newer ?? '', options);
    } catch (error) {
      if (!isUnserved((error as Error).cause)) throw error;
      return this.#items(older ?? '', options);
    }
  }

  async #items(path: string, { api, subject, signal }: { readonly api: string; readonly subject: string; readonly signal: AbortSignal }): Promise<JsonObject[]> {
    let answer: JsonValue;
    try {
      answer = await this.#client.json({ method: 'GET', path }, { signal });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`unable to fetch metrics from ${api}: ${isUnserved(error) ? `${message} (get ${subject})` : message}`, { cause: error });
    }
    return isJsonObject(answer) ? objects(answer['items']) : [];
  }
}

/** Nobody serves the path. */
function isUnserved(error: unknown): boolean {
  const status = findStatusError(error);
  return status?.code === 404 && (status.status.details?.causes ?? []).some(({ reason }) => reason === 'UnexpectedServerResponse');
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function nameOf(value: JsonValue | undefined): string {
  return isJsonObject(value) ? text(value['name']) : '';
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function milli(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return quantityMilliValue(parseQuantity(String(value)));
}

function duration(value: JsonValue | undefined): number {
  return typeof value === 'string' && value !== '' ? parseDurationMs(value) : RESOURCE_WINDOW_MS;
}
