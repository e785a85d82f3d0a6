/** Serves the functions over HTTPS until it is stopped, and prints the configurations that tell a cluster of them. */
import { serveWebhooks } from '../../src/sdk/webhooks/index.ts';
import { keepLocked, labelTeam } from './team-labels.ts';

const serving = await serveWebhooks({ admission: [labelTeam, keepLocked], port: 9443 });
process.stdout.write(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: serving.configurations }, null, 2)}\n`);
