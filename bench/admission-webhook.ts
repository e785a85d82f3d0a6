// A webhook of its own process that allows everything, on the certificates of the API server whose folder is given.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const folder = process.argv[2] ?? '';
const cert = readFileSync(join(folder, 'apiserver.crt'));
const key = readFileSync(join(folder, 'apiserver.key'));

const server = createServer({ cert, key }, (message, response) => {
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => chunks.push(chunk));
  message.on('end', () => {
    const { apiVersion, kind, request } = JSON.parse(Buffer.concat(chunks).toString()) as { apiVersion: string; kind: string; request: { uid: string } };
    const body = JSON.stringify({ apiVersion, kind, response: { uid: request.uid, allowed: true } });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`serving on https://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
process.on('SIGTERM', () => process.exit(0));
