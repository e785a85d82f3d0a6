import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NAMESPACE } from './steersman-server.ts';

export const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
export const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

/** Length of a value that makes the answer to a GET about 700 bytes, managed fields included. */
const VALUE_BYTES = 250;

/** A ConfigMap; `metadata` is its name or generateName. */
export function configMap(metadata: Readonly<Record<string, string>>, serial = '0'): string {
  return JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { serial, text: 'x'.repeat(VALUE_BYTES) } });
}

/** A pod as a Deployment makes them, with two containers. */
export function pod(metadata: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { ...metadata, labels: { app: 'web', 'pod-template-hash': '6d4cf56db6' } },
    spec: {
      containers: [
        {
          name: 'web',
          image: 'registry.example/web:1.2.3',
          ports: [{ name: 'http', containerPort: 8080 }],
          env: [{ name: 'LOG_LEVEL', value: 'info' }],
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
          readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
        },
        { name: 'sidecar', image: 'registry.example/sidecar:4.5.6', resources: { requests: { cpu: '10m', memory: '32Mi' } } },
      ],
    },
  });
}

/** Writes what a load generator sends into a file, and gives the file's path. */
export function bodyFile(folder: string, name: string, text: string): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, text);
  return file;
}
