import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../api-client.ts';
import { startChildServer, type ChildServer } from '../child-server.ts';
import { median, type Measurement } from '../measurement.ts';
import type { Part } from '../part.ts';
import { CONFIG_MAPS } from '../sample-objects.ts';
import { TOKEN, type SteersmanServer } from '../steersman-server.ts';

const WEBHOOK = fileURLToPath(new URL('../admission-webhook.ts', import.meta.url));
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const WARM_UP = 300;
const CALLS = 1500;
const GOAL_MS = 0.5;

/**
 * What one call of an admission webhook adds to a create, beyond what a bare client waits for the same call: creates that
 * the webhook is asked about and others take turns, one at a time.
 */
export const webhooks: Part = ({ withServers }) =>
  withServers({ storage: 'memory' }, async ({ ours }) => {
    const folder = join(ours.folder, 'data', 'pki');
    const webhook = await startChildServer({ args: [WEBHOOK, folder] });
    try {
      const direct = await directCalls(webhook);
      const lines: Measurement[] = [];
      for (const kind of ['validating', 'mutating'] as const) {
        await configure(ours, kind, { url: `${webhook.url}/review`, caBundle: readFileSync(join(folder, 'ca.crt')).toString('base64') });
        const added = await addedMs(ours, kind);
        lines.push({ name: `${kind} webhook, beyond its own time`, unit: 'ms', ours: Math.max(0, added - direct), goal: { atMost: GOAL_MS }, note: `adds ${added.toFixed(2)} ms to a create; a bare client waits ${direct.toFixed(2)} ms` });
      }
      return lines;
    } finally {
      await webhook.stop();
    }
  });

async function configure({ client }: SteersmanServer, kind: string, clientConfig: object): Promise<void> {
  const webhook = {
    name: 'bench.webhook.example',
    clientConfig,
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
    objectSelector: { matchLabels: { asked: kind } },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  await client.must('POST', `${CONFIGURATIONS}/${kind}webhookconfigurations`, JSON.stringify({ metadata: { name: `bench-${kind}` }, webhooks: [webhook] }));
}

async function addedMs({ client }: SteersmanServer, kind: string): Promise<number> {
  const times = { asked: [] as number[], plain: [] as number[] };
  for (let i = 0; i < WARM_UP + CALLS; i++) {
    for (const which of ['asked', 'plain'] as const) {
      const body = JSON.stringify({ metadata: { name: `${kind}-${which}-${i}`, labels: { asked: which === 'asked' ? kind : 'none' } }, data: { text: 'x'.repeat(250) } });
      const from = performance.now();
      await client.must('POST', CONFIG_MAPS, body);
      if (i >= WARM_UP) times[which].push(performance.now() - from);
    }
  }
  return median(times.asked) - median(times.plain);
}

/** The same review, sent by a client that does nothing else. */
async function directCalls({ url }: ChildServer): Promise<number> {
  const client = new ApiClient(url, TOKEN);
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'x', namespace: 'bench', labels: { asked: 'direct' } }, data: { text: 'x'.repeat(250) } };
  const body = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid: '0'.repeat(36), operation: 'CREATE', object, oldObject: null, userInfo: { username: 'bench', groups: ['system:masters'] } } });
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + CALLS; i++) {
    const from = performance.now();
    await client.must('POST', '/review', body);
    if (i >= WARM_UP) times.push(performance.now() - from);
  }
  client.close();
  return median(times);
}
