import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../../machinery/clock.ts';
import type { ExtenderTls } from '../../scheduler/config/extender-configuration.ts';
import type { PostJson } from '../../scheduler/extender/wire.ts';

/** The most that an extender may answer. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** TLS as node takes it. */
export interface ResolvedTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** `readFile` gives the contents of files that the configuration names. */
export function resolveTls({ insecure, serverName, caData, caFile, certData, certFile, keyData, keyFile }: ExtenderTls, readFile: (path: string) => Buffer): ResolvedTls {
  const contents = (data: string | undefined, file: string | undefined): Buffer | undefined => (data !== undefined ? Buffer.from(data, 'base64') : file !== undefined && file !== '' ? readFile(file) : undefined);
  const ca = contents(caData, caFile);
  const cert = contents(certData, certFile);
  const key = contents(keyData, keyFile);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(serverName !== undefined && { servername: serverName }), ...(insecure === true && { rejectUnauthorized: false }) };
}

/** Posts over HTTP or HTTPS, as the address says. */
export function postJson(tls: ResolvedTls, clock: Clock): PostJson {
  return ({ url, body, timeoutMs }) =>
    new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        timer.cancel();
        reject(error);
      };
      const secure = url.startsWith('https:');
      const text = JSON.stringify(body);
      const options = { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }, ...(secure && tls) };
      const call = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) call.destroy(new Error('the answer is too long'));
        });
        answer.on('error', fail);
        answer.on('end', () => {
          timer.cancel();
          const given = Buffer.concat(chunks).toString('utf8');
          const body = answer.statusCode === 200 ? parsed(given) : given;
          if (body === undefined) reject(new Error('the answer is not JSON'));
          else resolve({ status: answer.statusCode ?? 0, body });
        });
      });
      const timer = clock.setTimer(timeoutMs, () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      call.on('error', fail);
      call.end(text);
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
