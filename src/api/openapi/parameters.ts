import type { JsonObject } from '../../machinery/json.ts';
import type { Dialect } from './schema.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly required: boolean;
  readonly description: string;
}

type QueryRow = readonly [type: Parameter['type'], description: string];

/** The query parameters that some operation takes. */
const QUERY = {
  allowWatchBookmarks: ['boolean', 'Asks a watch for events of type BOOKMARK.'],
  command: ['string', 'The command to run in the container, one word each.'],
  container: ['string', 'The container; the only one of the pod when left out.'],
  continue: ['string', 'Where to go on, as the last page of the list said.'],
  dryRun: ['string', 'All: everything but persisting is done.'],
  fieldManager: ['string', 'The name of the writer, for managed fields. Required for apply patches.'],
  fieldSelector: ['string', 'Restricts the list by fields.'],
  fieldValidation: ['string', 'What becomes of unknown and duplicate fields: Ignore, Warn or Strict.'],
  follow: ['boolean', 'Goes on with the log as it grows.'],
  force: ['boolean', 'Takes fields over that other managers own. Only for apply patches.'],
  gracePeriodSeconds: ['integer', 'Seconds before the object goes; 0 is at once.'],
  ignoreStoreReadErrorWithClusterBreakingPotential: ['boolean', 'Deletes an object that cannot be read any more, without finalizers and preconditions.'],
  insecureSkipTLSVerifyBackend: ['boolean', 'Does not verify the certificate of the backend that has the log.'],
  labelSelector: ['string', 'Restricts the list by labels.'],
  limit: ['integer', 'The most items that an answer may hold.'],
  limitBytes: ['integer', 'The most bytes of the log to return.'],
  orphanDependents: ['boolean', 'Deprecated: use propagationPolicy.'],
  path: ['string', 'The path that the proxied request goes to.'],
  ports: ['integer', 'The ports to forward.'],
  pretty: ['string', 'true: indented output.'],
  previous: ['boolean', 'The log of the container that ran before.'],
  propagationPolicy: ['string', 'Orphan, Background or Foreground.'],
  resourceVersion: ['string', 'What the answer must not be older than.'],
  resourceVersionMatch: ['string', 'How resourceVersion is meant: NotOlderThan or Exact.'],
  sendInitialEvents: ['boolean', 'Begins a watch with what is there, and a bookmark after it.'],
  shardSelector: ['string', 'Restricts the list to a shard.'],
  sinceSeconds: ['integer', 'Only what is no older than this.'],
  stderr: ['boolean', 'Redirects standard error.'],
  stdin: ['boolean', 'Redirects standard input.'],
  stdout: ['boolean', 'Redirects standard output.'],
  stream: ['string', 'Which stream of the log: All, Stdout or Stderr.'],
  tailLines: ['integer', 'How many lines from the end.'],
  timeoutSeconds: ['integer', 'Ends the list or watch after this time.'],
  timestamps: ['boolean', 'A time before every line.'],
  tty: ['boolean', 'Allocates a terminal.'],
  watch: ['boolean', 'Changes as they come, instead of a list.'],
} as const satisfies Readonly<Record<string, QueryRow>>;
export type QueryName = keyof typeof QUERY;

const PATH_DESCRIPTIONS: Readonly<Record<string, string>> = {
  name: 'The name of the object.',
  namespace: 'The namespace of the object.',
  path: 'The path that the proxied request goes to.',
};

export const LIST_PARAMETERS: readonly QueryName[] = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'shardSelector',
  'timeoutSeconds',
  'watch',
];
export const DELETE_PARAMETERS: readonly QueryName[] = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
];
export const WRITE_PARAMETERS: readonly QueryName[] = ['dryRun', 'fieldManager', 'fieldValidation'];
export const LOG_PARAMETERS: readonly QueryName[] = [
  'container',
  'follow',
  'insecureSkipTLSVerifyBackend',
  'limitBytes',
  'previous',
  'sinceSeconds',
  'stream',
  'tailLines',
  'timestamps',
];
/** Of connections, by the kind of their options. */
export const CONNECT_PARAMETERS: Readonly<Record<string, readonly QueryName[]>> = {
  PodAttachOptions: ['container', 'stderr', 'stdin', 'stdout', 'tty'],
  PodExecOptions: ['command', 'container', 'stderr', 'stdin', 'stdout', 'tty'],
  PodPortForwardOptions: ['ports'],
  PodProxyOptions: ['path'],
  ServiceProxyOptions: ['path'],
  NodeProxyOptions: ['path'],
};

export function queryParameters(names: readonly QueryName[]): Parameter[] {
  return names.map((name) => ({ name, in: 'query', type: QUERY[name][0], required: false, description: QUERY[name][1] }));
}

/** `{namespace}`, `{name}` and `{path}` of a path. */
export function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    type: 'string',
    required: true,
    description: PATH_DESCRIPTIONS[name] ?? '',
  }));
}

/** Parameters come sorted by name, those of the path before those of the query. */
export function sortParameters(parameters: readonly Parameter[]): Parameter[] {
  return [...parameters].sort((a, b) => (a.name === b.name ? (a.in < b.in ? -1 : 1) : a.name < b.name ? -1 : 1));
}

export function showParameter(parameter: Parameter, dialect: Dialect): JsonObject {
  const { name, type, required, description } = parameter;
  const shown: JsonObject = { name, in: parameter.in, description };
  if (dialect === 'v2') Object.assign(shown, { type, uniqueItems: true });
  else shown['schema'] = { type, uniqueItems: true };
  if (required) shown['required'] = true;
  return shown;
}
