import type { ApiRequest, ApiResponse } from '../http/api-request.ts';
import { isLongRunning } from '../pipeline/long-running.ts';
import type { RequestInfo } from '../pipeline/request-info.ts';
import type { CounterSeries, Counter, Gauge, Histogram, HistogramSeries, MetricRegistry } from './metric-registry.ts';

const DURATION_SECONDS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
const SLI_SECONDS = DURATION_SECONDS.slice(2);
const SIZE_BYTES = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const RESOURCE_LABELS = ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'];
/** Of those clients that are parts of a cluster themselves. */
const SYSTEM_CLIENTS: ReadonlySet<string> = new Set(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']);
const VERBS: Readonly<Record<string, string>> = { get: 'GET', list: 'LIST', watch: 'WATCH', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETECOLLECTION', proxy: 'CONNECT' };
const MUTATING: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** What is counted of one request when it ends. */
interface Series {
  readonly total: CounterSeries;
  readonly duration: HistogramSeries;
  /** Absent for those that last as long as their clients like. */
  readonly sli: HistogramSeries | undefined;
  readonly size: HistogramSeries | undefined;
}

/** Requests by their kind: how many, how long, how large, how many at once. Names and labels are kube-apiserver's. */
export class RequestMetrics {
  readonly #series = new Map<string, Series>();
  readonly #total: Counter;
  readonly #duration: Histogram;
  readonly #sli: Histogram;
  readonly #size: Histogram;
  readonly #longRunning: Gauge;
  readonly #reading: CounterSeries;
  readonly #writing: CounterSeries;

  constructor(registry: MetricRegistry) {
    this.#total = registry.counter('apiserver_request_total', 'Requests by verb, dry run value, group, version, resource, scope, component, system client, and the code of the answer.', [
      'verb', 'dry_run', 'group', 'version', 'resource', 'subresource', 'scope', 'component', 'code', 'system_client',
    ]);
    this.#duration = registry.histogram('apiserver_request_duration_seconds', 'Time from a request to its answer.', { labels: ['verb', 'dry_run', ...RESOURCE_LABELS.slice(1)], buckets: DURATION_SECONDS });
    this.#sli = registry.histogram('apiserver_request_sli_duration_seconds', 'Time from a request to its answer, without those that last as long as their clients like.', { labels: RESOURCE_LABELS, buckets: SLI_SECONDS });
    this.#size = registry.histogram('apiserver_response_sizes', 'Bytes of answers that are sent whole.', { labels: RESOURCE_LABELS, buckets: SIZE_BYTES });
    this.#longRunning = registry.gauge('apiserver_longrunning_requests', 'Watches and other requests that last as long as their clients like, now.', RESOURCE_LABELS);
    const inFlight = registry.gauge('apiserver_current_inflight_requests', 'Requests being answered now.', ['request_kind']);
    this.#reading = inFlight.of('readOnly');
    this.#writing = inFlight.of('mutating');
  }

  /** Counts the request among those in flight; to be ended once with what `begin` gave. */
  begin(info: RequestInfo): CounterSeries {
    const series = MUTATING.has(info.verb) ? this.#writing : this.#reading;
    series.add(1);
    return series;
  }

  /** `route`: the pattern under which a path that is no resource is served; undefined: nothing is, and nothing is counted. */
  end(inFlight: CounterSeries, request: ApiRequest, { info, route, dryRun, response, durationMs }: Ended): ApiResponse {
    inFlight.add(-1);
    if (route === undefined) return response;
    const series = this.#seriesOf(request, info, { route, dryRun, code: response.status });
    series.total.add();
    series.duration.observe(durationMs / 1000);
    series.sli?.observe(durationMs / 1000);
    if (response.type === 'bytes') series.size?.observe(response.body.reduce((sum, { byteLength }) => sum + byteLength, 0));
    else if (info.isResource) return this.#whileItLasts(response, info, request);
    return response;
  }

  #seriesOf(request: ApiRequest, info: RequestInfo, { route, dryRun, code }: { route: string; dryRun: string; code: number }): Series {
    const client = systemClient(request);
    const verb = verbOf(request, info);
    const key = info.isResource ? `${verb} ${code} ${dryRun} ${client} ${info.group} ${info.version} ${info.resource} ${info.subresource} ${scopeOf(info)}` : `${verb} ${code} ${client} ${route}`;
    const known = this.#series.get(key);
    if (known) return known;
    const of = resourceLabels(info, route);
    const lasting = isLongRunning(info);
    const series = {
      total: this.#total.of(verb, dryRun, ...of, String(code), client),
      duration: this.#duration.of(verb, dryRun, ...of),
      sli: lasting ? undefined : this.#sli.of(verb, ...of),
      size: lasting ? undefined : this.#size.of(verb, ...of),
    };
    this.#series.set(key, series);
    return series;
  }

  #whileItLasts(response: Extract<ApiResponse, { type: 'stream' }>, info: RequestInfo, request: ApiRequest): ApiResponse {
    const gauge = this.#longRunning.of(verbOf(request, info), ...resourceLabels(info, ''));
    return {
      ...response,
      start: (sink) => {
        gauge.add(1);
        sink.onClose(() => gauge.add(-1));
        response.start(sink);
      },
    };
  }
}

interface Ended {
  readonly info: RequestInfo;
  readonly route: string | undefined;
  /** `All`, or nothing. */
  readonly dryRun: string;
  readonly response: ApiResponse;
  readonly durationMs: number;
}

/** Group, version, resource, subresource, scope, component. */
function resourceLabels(info: RequestInfo, route: string): string[] {
  if (!info.isResource) return ['', '', '', route, '', ''];
  return [info.group, info.version, info.resource, info.subresource, scopeOf(info), 'apiserver'];
}

function scopeOf(info: RequestInfo): string {
  if (!info.isResource) return '';
  if (info.name !== '' || info.verb === 'create') return 'resource';
  return info.namespace === '' ? 'cluster' : 'namespace';
}

function verbOf(request: ApiRequest, info: RequestInfo): string {
  if (info.verb === 'patch' && request.header('content-type')?.startsWith('application/apply-patch') === true) return 'APPLY';
  return VERBS[info.verb] ?? 'OTHER';
}

function systemClient(request: ApiRequest): string {
  const agent = request.header('user-agent');
  const name = agent?.slice(0, Math.max(0, agent.indexOf('/'))) ?? '';
  return SYSTEM_CLIENTS.has(name) ? name : '';
}
