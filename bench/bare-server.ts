/**
 * The yardstick: Node's own TLS server with nothing behind it, on the same options as the API server's. Arguments: the
 * folder with apiserver.crt and apiserver.key. It answers
 * - GET /bytes/N with a body of N bytes,
 * - GET /watch with a stream that never ends,
 * - a write to /broadcast/… with its body, which it also sends to every such stream,
 * - any other write with its body.
 */
import { readFileSync } from 'node:fs';
import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };

function serve(folder: string): void {
  const bodies = new Map<string, Buffer>();
  const watchers = new Set<ServerResponse>();

  const bytesOf = (path: string): Buffer => {
    let body = bodies.get(path);
    if (!body) {
      body = Buffer.alloc(Number(path.slice('/bytes/'.length)), 'x');
      bodies.set(path, body);
    }
    return body;
  };
  const readBody = (from: Readable, then: (body: Buffer) => void): void => {
    const chunks: Buffer[] = [];
    from.on('data', (chunk: Buffer) => chunks.push(chunk));
    from.on('end', () => then(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
  };

  const server = createSecureServer({ allowHTTP1: true, cert: readFileSync(join(folder, 'apiserver.crt')), key: readFileSync(join(folder, 'apiserver.key')) });
  server.on('request', (compatible, reply) => {
    const request = compatible as unknown as IncomingMessage;
    const response = reply as unknown as ServerResponse;
    const path = request.url ?? '';
    const answer = (body: Buffer): void => {
      response.writeHead(200, { ...HEADERS, 'content-length': body.length });
      response.end(body);
    };
    if (path === '/watch') {
      response.writeHead(200, HEADERS);
      response.flushHeaders();
      watchers.add(response);
      response.on('close', () => watchers.delete(response));
    } else if (request.method === 'GET') {
      answer(bytesOf(path));
    } else {
      readBody(request, (body) => {
        answer(body);
        if (path.startsWith('/broadcast/')) for (const watcher of watchers) watcher.write(body);
      });
    }
  });
  // Without this Node would wrap every HTTP/2 stream into its compatibility layer as well.
  server.removeAllListeners('stream');
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined);
    const answer = (body: Buffer): void => {
      stream.respond({ ':status': 200, ...HEADERS, 'content-length': body.length });
      stream.end(body);
    };
    if (headers[':method'] === 'GET') answer(bytesOf(headers[':path'] ?? ''));
    else readBody(stream, answer);
  });
  server.on('sessionError', () => undefined);
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`serving on https://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
}

const [folder] = process.argv.slice(2);
if (folder) serve(folder);
