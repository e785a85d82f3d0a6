import { expect, test } from 'vitest';
import { VirtualClock } from '../../machinery/virtual-clock.ts';
import { loadFacts } from '../../api/facts/facts.ts';
import { startCluster } from '../../sdk/testing/cluster.ts';
import { MetricRegistry } from './metric-registry.ts';

test('the text form has help, type, escaped labels, and buckets that add up', async () => {
  const registry = new MetricRegistry();
  registry.counter('b_total', 'Counts.', ['what']).of('a "b"\\\n').add(2);
  const histogram = registry.histogram('a_seconds', 'Lasts.', { labels: ['how'], buckets: [0.1, 1] }).of('x');
  for (const seconds of [0.05, 0.1, 0.5, 7]) histogram.observe(seconds);
  registry.gauge('unused', 'Is left out.');
  expect(await registry.text()).toBe(`# HELP a_seconds Lasts.
# TYPE a_seconds histogram
a_seconds_bucket{how="x",le="0.1"} 2
a_seconds_bucket{how="x",le="1"} 3
a_seconds_bucket{how="x",le="+Inf"} 4
a_seconds_sum{how="x"} 7.65
a_seconds_count{how="x"} 4
# HELP b_total Counts.
# TYPE b_total counter
b_total{what="a \\"b\\"\\\\\\n"} 2
`);
});

test('requests are counted by what they ask for and how they are answered, under the names and labels of kube-apiserver', async () => {
  const cluster = await startCluster({ clock: new VirtualClock() });
  await cluster.request('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }, headers: { 'user-agent': 'kube-scheduler/v1' } });
  await cluster.request('GET', '/api/v1/namespaces/default/configmaps/none');
  await cluster.request('GET', '/api/v1/configmaps');
  await cluster.request('GET', '/livez');
  await cluster.request('GET', '/no/such/path');
  const { body } = await cluster.request<string>('GET', '/metrics');
  const lines = body.split('\n');
  const counted = (part: string): string[] => lines.filter((line) => line.startsWith('apiserver_request_total{') && line.includes(part));
  expect(counted('verb="POST",dry_run="All"')).toEqual([
    'apiserver_request_total{verb="POST",dry_run="All",group="",version="v1",resource="configmaps",subresource="",scope="resource",component="apiserver",code="201",system_client="kube-scheduler"} 1',
  ]);
  expect(counted('code="404"')).toEqual([
    'apiserver_request_total{verb="GET",dry_run="",group="",version="v1",resource="configmaps",subresource="",scope="resource",component="apiserver",code="404",system_client=""} 1',
  ]);
  expect(counted('verb="LIST"').filter((line) => line.includes('resource="configmaps"'))).toHaveLength(1);
  expect(counted('subresource="/livez"')).toHaveLength(1);
  expect(counted('/no/such')).toEqual([]);
  expect(lines).toContain('apiserver_resource_objects{group="",resource="namespaces"} 4');
  expect(lines).toContain('apiserver_current_inflight_requests{request_kind="readOnly"} 1');
  expect(lines.some((line) => line.startsWith('apiserver_flowcontrol_nominal_limit_seats{priority_level="workload-low"}'))).toBe(true);
  await cluster.stop();
});

test('every metric that kube-apiserver has too has its type and labels', async () => {
  const cluster = await startCluster({ clock: new VirtualClock() });
  await cluster.request('GET', '/api/v1/namespaces');
  const { body } = await cluster.request<string>('GET', '/metrics');
  const known = loadFacts().metrics;
  const seen = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type] as const);
  expect(seen.length).toBeGreaterThan(10);
  for (const [name, type] of seen) {
    const fact = known.get(name);
    if (!fact) continue;
    const sample = body.split('\n').find((line) => new RegExp(`^${name}(_bucket)?[{ ]`).test(line)) ?? '';
    const labels = [...sample.matchAll(/(\w+)="/g)].map(([, label = '']) => label).filter((label) => label !== 'le').toSorted((a, b) => (a < b ? -1 : 1));
    expect([name, type, labels]).toEqual([name, fact.type, fact.labels]);
  }
  await cluster.stop();
});
