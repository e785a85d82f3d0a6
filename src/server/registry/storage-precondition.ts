import { conflict, type StatusError } from '../../machinery/status-error.ts';
import type { ResourceStorage, ResourceType } from './resource-type.ts';

/** Where Kubernetes keeps kinds whose place is not called after their resource; its messages name it. */
const SPECIAL_PLACES: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  services: 'services/specs',
  nodes: 'minions',
  'networking.k8s.io/ingresses': 'ingress',
  'apiextensions.k8s.io/customresourcedefinitions': 'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/apiservices': 'apiregistration.k8s.io/apiservices',
};

function placeOf({ group, resource, tagVersion }: ResourceStorage): string {
  const name = group === '' ? resource : `${group}/${resource}`;
  const special = Object.hasOwn(SPECIAL_PLACES, name) ? SPECIAL_PLACES[name] : undefined;
  // Custom resources stand under their group.
  return special ?? (tagVersion ? name : resource);
}

export interface FailedPrecondition {
  readonly namespace: string;
  readonly name: string;
  readonly field: 'UID' | 'ResourceVersion';
  readonly wanted: string;
  /** '' for an object that is not there. */
  readonly actual: string;
}

/** A write that means another object, or another version of it, than the store holds: a Conflict in Kubernetes' words. */
export function preconditionFailed(type: ResourceType, { namespace, name, field, wanted, actual }: FailedPrecondition): StatusError {
  const key = `/registry/${placeOf(type.storage)}/${namespace === '' ? '' : `${namespace}/`}${name}`;
  const problem = `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${actual}`;
  return conflict(type, name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${problem}`);
}
