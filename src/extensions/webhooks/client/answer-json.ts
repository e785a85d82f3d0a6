import { jsonKind } from '../../../machinery/go-format.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../machinery/json.ts';
import { JsonSyntaxError, parseJson } from '../../../machinery/parse-json.ts';
import { WebhookCallError } from './webhook-call-error.ts';
import type { WebhookAnswer } from './webhook-client.ts';

const DECODED = new Set(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
const TYPE_OF_HEAD = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
/** Too many requests, internal errors, timeouts. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 504]);
const MAX_SHOWN_BODY = 2048;

/**
 * The object in a webhook's answer. Throws WebhookCallError for every answer that is not one of success with an object
 * of the kind expected (or of no kind): a Status is told by its message, as Kubernetes' own client tells it.
 */
export function answerJson(answer: WebhookAnswer, expected: { readonly kind: string; readonly versions: readonly string[] }): JsonObject {
  if (answer.status < 200 || answer.status > 206) throw new WebhookCallError(statusMessage(answer) ?? genericMessage(answer), { mayPass: PASSING.has(answer.status) });
  const contentType = answer.contentType === '' ? 'application/json' : answer.contentType;
  const [mediaType = ''] = contentType.split(';');
  if (!DECODED.has(mediaType.trim().toLowerCase())) throw new WebhookCallError(`serializer for ${contentType} doesn't exist`);
  if (answer.body.length === 0) throw new WebhookCallError(`0-length response with status code: ${answer.status} and content type: ${contentType}`);
  const value = parse(answer.body);
  const { kind = expected.kind, apiVersion = expected.versions[0] ?? '' } = value as { readonly kind?: string; readonly apiVersion?: string };
  if (kind === 'Status' && apiVersion === 'v1') {
    if (value['status'] !== 'Success') throw new WebhookCallError(typeof value['message'] === 'string' ? value['message'] : 'unknown');
    return value;
  }
  if (kind !== expected.kind || !expected.versions.includes(apiVersion)) {
    throw new WebhookCallError(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s.io/apiserver/pkg/util/webhook/client.go:73"`);
  }
  return value;
}

function parse(body: Buffer): JsonObject {
  let value: JsonValue;
  try {
    value = parseJson(body).value;
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new WebhookCallError(`couldn't get version/kind; json parse error: ${error.message}`);
    throw error;
  }
  if (!isJsonObject(value)) throw new WebhookCallError(`couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(value)} into Go value of type ${TYPE_OF_HEAD}`);
  return value;
}

/** What a Status in the body says. */
function statusMessage({ body }: WebhookAnswer): string | undefined {
  try {
    const { value } = parseJson(body);
    if (!isJsonObject(value) || value['kind'] !== 'Status' || value['apiVersion'] !== 'v1' || value['status'] !== 'Failure') return undefined;
    return typeof value['message'] === 'string' ? value['message'] : undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

function genericMessage(answer: WebhookAnswer): string {
  const { status } = answer;
  const known = MESSAGES[status];
  if (known !== undefined) return known;
  if (status === 403 || status === 415) return shownBody(answer);
  if (status === 406) {
    const shown = shownBody(answer);
    return shown === 'unknown' ? 'the server was unable to respond with a content type that the client supports' : shown;
  }
  if (status >= 500) return `an error on the server (${JSON.stringify(shownBody(answer))}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

/** Text is shown; anything else is not meant for people. */
function shownBody({ contentType, body }: WebhookAnswer): string {
  if (contentType !== '' && !contentType.startsWith('text/')) return 'unknown';
  return body.toString('utf8').trim().slice(0, MAX_SHOWN_BODY);
}
