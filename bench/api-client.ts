import { Agent, request } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Requests outside what is measured: preparing objects, reading sizes, walking pages. Keeps its connections. */
export class ApiClient {
  readonly #url: string;
  readonly #token: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  send(method: string, path: string, body?: string, contentType = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.#token}`, ...(body !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }) };
      const outgoing = request(`${this.#url}${path}`, { method, agent: this.#agent, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** As `send`; rejects when the answer is no success. */
  async must(method: string, path: string, body?: string, contentType?: string): Promise<string> {
    const answer = await this.send(method, path, body, contentType);
    if (answer.status < 200 || answer.status > 299) throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.body.slice(0, 500)}`);
    return answer.body;
  }

  close(): void {
    this.#agent.destroy();
  }
}
