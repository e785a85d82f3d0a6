import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ConvertFunction } from '../../extensions/webhooks/conversion/function-converter.ts';
import type { AdmissionFunction } from '../../extensions/webhooks/functions/admission-function.ts';
import { systemClock, type Clock } from '../../machinery/clock.ts';
import { isJsonObject } from '../../machinery/json.ts';
import { JsonSyntaxError, parseJson, stringifyJson } from '../../machinery/parse-json.ts';
import type { TokenAuthenticator } from '../../server/authentication/authenticator.ts';
import type { Authorizer } from '../../server/authorization/authorizer.ts';
import { issueCa, issueServer } from '../../server/certificates/cluster-certificates.ts';
import type { KeyPair } from '../../server/certificates/issue-certificate.ts';
import { accessHandler, admissionHandler, conversionHandler, ReviewError, tokenHandler, type ReviewHandler } from './review-handlers.ts';
import { webhookObjects, webhookPaths, type WebhookAddress, type WebhookObjects } from './webhook-objects.ts';

export interface ServeWebhooksOptions {
  /** Made by `mutate` and `validate`. */
  readonly admission?: readonly AdmissionFunction[];
  /** Made by `authenticator`. */
  readonly authenticator?: TokenAuthenticator;
  /** Made by `authorizer`. */
  readonly authorizer?: Authorizer;
  /** By the names of definitions: `crontabs.example.com`. */
  readonly converters?: Readonly<Record<string, ConvertFunction>>;
  /** Default: a free one. */
  readonly port?: number;
  /** What to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  /** Configurations then name this Service of the cluster instead of the address. */
  readonly service?: { readonly namespace: string; readonly name: string; readonly port?: number };
  /** Signs the server's certificate. Default: made anew, so that configurations must be written anew after a restart. */
  readonly ca?: KeyPair;
  readonly clock?: Clock;
}

export interface WebhookServing extends WebhookObjects {
  readonly url: string;
  /** PEM. */
  readonly certificateAuthority: string;
  /** Ends every connection. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Serves functions as standard webhooks over HTTPS, which every Kubernetes API server can call. Resolves when they can be;
 * what is to be written to the cluster comes with it.
 */
export async function serveWebhooks(options: ServeWebhooksOptions): Promise<WebhookServing> {
  const { host = '127.0.0.1', port = 0, service, clock = systemClock } = options;
  const ca = options.ca ?? issueCa('webhooks-ca', clock.now());
  const names = [host, 'localhost', ...(service ? [`${service.name}.${service.namespace}.svc`] : [])];
  const handlers = handlersOf(options, clock);
  const { cert, key } = issueServer(ca, names, clock.now());
  const sockets = new Set<Socket>();
  const server = createServer({ cert, key, minVersion: 'TLSv1.2' }, (message, response) => void serve(handlers, message, response));
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, port, host);
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  const address: WebhookAddress = { url, certificateAuthority: ca.cert, ...(service && { service }) };
  return {
    url,
    certificateAuthority: ca.cert,
    ...webhookObjects(options.admission ?? [], address),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function handlersOf({ admission = [], authenticator, authorizer, converters = {} }: ServeWebhooksOptions, clock: Clock): ReadonlyMap<string, ReviewHandler> {
  const handlers = new Map<string, ReviewHandler>();
  for (const one of admission) handlers.set(webhookPaths.admission(one), admissionHandler(one, clock));
  for (const [name, convert] of Object.entries(converters)) handlers.set(webhookPaths.conversion(name), conversionHandler(convert));
  if (authenticator) handlers.set(webhookPaths.tokens, tokenHandler(authenticator));
  if (authorizer) handlers.set(webhookPaths.access, accessHandler(authorizer));
  return handlers;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function serve(handlers: ReadonlyMap<string, ReviewHandler>, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const handler = handlers.get((message.url ?? '').split('?', 1)[0] ?? '');
  try {
    if (!handler) {
      refuse(response, 404, 'no webhook is served here');
      return;
    }
    if (message.method !== 'POST') {
      refuse(response, 405, 'reviews are posted');
      return;
    }
    const { value } = parseJson(await readBody(message));
    if (!isJsonObject(value)) throw new ReviewError('expected a review');
    const answer = stringifyJson(await handler(value));
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  } catch (error) {
    const isTheirs = error instanceof ReviewError || error instanceof JsonSyntaxError;
    refuse(response, isTheirs ? 400 : 500, error instanceof Error ? error.message : String(error));
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(text);
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += (chunk as Buffer).byteLength;
    if (length > MAX_BODY_BYTES) throw new ReviewError(`the review is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, length);
}
