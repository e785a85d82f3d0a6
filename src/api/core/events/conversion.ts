import type { KubeObject } from '../../../machinery/object-meta.ts';

/** Fields of events.k8s.io/v1 and what they are called in core/v1. */
const NAMES = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
] as const;

export function toStorage(object: KubeObject): KubeObject {
  for (const [newer, older] of NAMES) rename(object, newer, older);
  object.apiVersion = 'v1';
  // Always there in core/v1.
  object['involvedObject'] ??= {};
  object['source'] ??= {};
  object['reportingComponent'] ??= '';
  object['reportingInstance'] ??= '';
  return object;
}

export function fromStorage(object: KubeObject, toVersion: string): KubeObject {
  for (const [newer, older] of NAMES) rename(object, older, newer);
  object.apiVersion = toVersion.includes('/') ? toVersion : `events.k8s.io/${toVersion}`;
  // Never empty in events.k8s.io/v1.
  for (const field of ['reportingController', 'reportingInstance']) if (object[field] === '') delete object[field];
  return object;
}

function rename(object: KubeObject, from: string, to: string): void {
  if (object[from] === undefined) return;
  object[to] = object[from];
  delete object[from];
}
