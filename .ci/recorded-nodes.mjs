// The three Ready nodes that stood in the cluster where the control loops were recorded.
import { request } from 'node:https';

/** Creates them through the API at `url`, with the administrator's token of the replayer. */
export async function addNodes(url) {
  for (const n of [1, 2, 3]) {
    const name = `node-${n}`;
    const resources = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '50Gi' };
    const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/zone': `zone-${n}`, 'topology.kubernetes.io/region': 'region-1' };
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const status = {
      capacity: resources,
      allocatable: resources,
      addresses: [{ type: 'InternalIP', address: `192.0.2.${n}` }, { type: 'Hostname', address: name }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', lastHeartbeatTime: now, lastTransitionTime: now }],
    };
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
    await send(url, 'POST', '/api/v1/nodes', node);
    await send(url, 'PATCH', `/api/v1/nodes/${name}/status`, { status });
    await send(url, 'PATCH', `/api/v1/nodes/${name}`, { spec: { taints: null } });
  }
}

function send(url, method, path, body) {
  const headers = { authorization: 'Bearer admintoken', 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(`${url}${path}`, { method, headers, rejectUnauthorized: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => (answer.statusCode < 300 ? resolve() : reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`))));
    });
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}
