/**
 * Admission in TypeScript: deployments get the label of the team that their namespace belongs to, and config maps that
 * are locked stay as they are. The same two functions run inside a test cluster and as webhooks of any Kubernetes cluster.
 *
 * In production: `node examples/team-labels/serve.ts > configurations.json`, and `kubectl apply -f configurations.json`.
 */
import { deny, mutate, validate } from '../../src/sdk/webhooks/index.ts';
import type { Deployment } from '../../src/api/types/generated/apps-v1.ts';
import type { ConfigMap } from '../../src/api/types/generated/core-v1.ts';

export const labelTeam = mutate<Deployment>(
  { name: 'labels.team.example', rules: [{ apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'], operations: ['CREATE', 'UPDATE'] }] },
  (deployment, review) => {
    const team = (review.namespace ?? '').split('-')[0] ?? '';
    if (deployment.metadata.labels?.['team'] !== undefined) return;
    deployment.metadata.labels = { ...deployment.metadata.labels, team };
    review.warn(`the label team was set to ${JSON.stringify(team)}`);
  },
);

export const keepLocked = validate<ConfigMap>(
  { name: 'locks.team.example', rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['UPDATE', 'DELETE'] }] },
  (_configMap, review, before) => {
    const owner = before?.metadata.annotations?.['team.example/locked-by'];
    if (owner !== undefined && owner !== review.userInfo.username) deny(`it is locked by ${owner}`);
  },
);
