import { spawn } from 'node:child_process';
import { resolve, sep } from 'node:path';
import type { Clock } from '../../machinery/clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { parseJson, stringifyJson } from '../../machinery/parse-json.ts';
import { timeToMs } from '../../machinery/time.ts';
import { abortable, abortReason } from '../abortable.ts';
import type { ClientCertificate, CredentialHeaders, Credentials } from '../credentials.ts';
import { KubeconfigError } from './kubeconfig.ts';
import { scalarText, scalarTexts } from './scalar-text.ts';

/** `exec` of a kubeconfig's user: a program that prints credentials (client.authentication.k8s.io). */
export interface ExecConfig {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
  readonly installHint: string;
  readonly provideClusterInfo: boolean;
}

export interface ExecCredentialsOptions {
  readonly config: ExecConfig;
  /** Handed to the program when it asks for it. */
  readonly clusterInfo: JsonObject;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly headers?: CredentialHeaders;
  /** Used when the program gives none. */
  readonly certificate?: ClientCertificate;
}

const API_VERSIONS = new Set(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']);
const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Throws KubeconfigError for what cannot be run. */
export function parseExecConfig(exec: JsonObject, folder: string): ExecConfig {
  const apiVersion = scalarText(exec['apiVersion']);
  const command = scalarText(exec['command']);
  if (command === '') throw new KubeconfigError('the exec plugin has no command');
  if (!API_VERSIONS.has(apiVersion)) throw new KubeconfigError(`exec plugin: invalid apiVersion ${JSON.stringify(apiVersion)}`);
  if (exec['interactiveMode'] === 'Always') throw new KubeconfigError('exec plugin: standard input is not available, but interactiveMode is Always');
  return {
    apiVersion,
    // A command with a slash is relative to the kubeconfig; a bare name is looked up in PATH.
    command: command.includes('/') || command.includes(sep) ? resolve(folder, command) : command,
    args: scalarTexts(exec['args']),
    env: arrayOf(exec['env']).filter(isJsonObject).map((entry) => [scalarText(entry['name']), scalarText(entry['value'])] as const),
    installHint: scalarText(exec['installHint']),
    provideClusterInfo: exec['provideClusterInfo'] === true,
  };
}

interface Issued {
  readonly headers: CredentialHeaders;
  readonly certificate: ClientCertificate | undefined;
  readonly expiresMs: number;
}

/** Credentials that a program gives: kept until they expire or the server refuses them. Concurrent calls share one run. */
export class ExecCredentials implements Credentials {
  readonly #options: ExecCredentialsOptions;
  #issued: Issued | undefined;
  #running: Promise<Issued> | undefined;

  constructor(options: ExecCredentialsOptions) {
    this.#options = options;
  }

  async headers(signal?: AbortSignal): Promise<CredentialHeaders> {
    return (await this.#credential(signal)).headers;
  }

  async certificate(signal?: AbortSignal): Promise<ClientCertificate | undefined> {
    return (await this.#credential(signal)).certificate;
  }

  refused(headers: CredentialHeaders | undefined): boolean {
    if (this.#issued?.headers === headers) this.#issued = undefined;
    return true;
  }

  async #credential(signal: AbortSignal | undefined): Promise<Issued> {
    if (this.#issued && this.#issued.expiresMs > this.#options.clock.now()) return this.#issued;
    this.#running ??= this.#issue();
    return abortable(this.#running, signal);
  }

  async #issue(): Promise<Issued> {
    try {
      const { headers, certificate } = this.#options;
      const status = readStatus(await this.#run(), this.#options.config.apiVersion);
      const token = scalarText(status['token']);
      const cert = scalarText(status['clientCertificateData']);
      const key = scalarText(status['clientKeyData']);
      if (token === '' && cert === '') throw new KubeconfigError('exec plugin didn\'t return a token or cert/key pair');
      if ((cert === '') !== (key === '')) throw new KubeconfigError('exec plugin returned only certificate or key, not both');
      this.#issued = {
        headers: { ...headers, ...(token !== '' && { authorization: `Bearer ${token}` }) },
        certificate: cert === '' ? certificate : { cert, key },
        expiresMs: timeToMs(scalarText(status['expirationTimestamp'])) ?? Number.POSITIVE_INFINITY,
      };
      return this.#issued;
    } finally {
      this.#running = undefined;
    }
  }

  async #run(): Promise<Buffer> {
    const { config, clusterInfo, environment, clock } = this.#options;
    const info = {
      kind: 'ExecCredential',
      apiVersion: config.apiVersion,
      spec: { interactive: false, ...(config.provideClusterInfo && { cluster: clusterInfo }) },
    };
    const env = { ...environment, ...Object.fromEntries(config.env), KUBERNETES_EXEC_INFO: stringifyJson(info) };
    const abort = new AbortController();
    const timer = clock.setTimer(TIMEOUT_MS, () => abort.abort(new KubeconfigError(`exec: executable ${config.command} gave no answer within ${TIMEOUT_MS} ms`)));
    try {
      return await runProgram(config, env, abort.signal);
    } finally {
      timer.cancel();
    }
  }
}

/** What the program prints. Its own words to people (stderr) become part of the error. */
function runProgram({ command, args, installHint }: ExecConfig, env: Record<string, string | undefined>, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolvePromise, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], signal, windowsHide: true });
    const output: Buffer[] = [];
    let bytes = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_OUTPUT_BYTES) output.push(chunk);
      else child.kill();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < 4096) complaint += chunk.toString();
    });
    child.on('error', (error) => {
      if (signal.aborted) reject(abortReason(signal));
      else reject(new KubeconfigError(`exec: executable ${command} failed: ${error.message}${installHint === '' ? '' : `\n\n${installHint}`}`, { cause: error }));
    });
    child.on('close', (code) => {
      if (bytes > MAX_OUTPUT_BYTES) reject(new KubeconfigError(`exec: executable ${command} printed more than ${MAX_OUTPUT_BYTES} bytes`));
      else if (code === 0) resolvePromise(Buffer.concat(output));
      else reject(new KubeconfigError(`exec: executable ${command} failed with exit code ${code}${complaint === '' ? '' : `: ${complaint.trim()}`}`));
    });
  });
}

function readStatus(output: Buffer, apiVersion: string): JsonObject {
  let value: JsonValue;
  try {
    ({ value } = parseJson(output));
  } catch (error) {
    throw new KubeconfigError('exec plugin: decoding stdout: not JSON', { cause: error });
  }
  if (!isJsonObject(value) || value['kind'] !== 'ExecCredential') throw new KubeconfigError('exec plugin: decoding stdout: not an ExecCredential');
  if (value['apiVersion'] !== apiVersion) throw new KubeconfigError(`exec plugin is configured to use API version ${apiVersion}, plugin returned version ${scalarText(value['apiVersion'])}`);
  if (!isJsonObject(value['status'])) throw new KubeconfigError("exec plugin didn't return a status field");
  return value['status'];
}

function arrayOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
