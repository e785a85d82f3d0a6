import { updateManagedFields } from '../../machinery/apply/managed-fields.ts';
import { formatTime } from '../../machinery/clock.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Entry } from '../../store/store.ts';
import { decodeStored } from '../objects/stored-object.ts';
import type { CompanionContext } from '../registry/write-companion.ts';
import type { ResourceType } from '../registry/resource-type.ts';
import { encodeFor } from '../registry/write-support.ts';
import { parseIpSlot } from './ip-range.ts';

const GROUP = 'networking.k8s.io';
const RESOURCE = 'ipaddresses';
const FAMILY_LABEL = 'ipaddress.kubernetes.io/ip-family';
export const MANAGED_BY_LABEL = 'ipaddress.kubernetes.io/managed-by';
/** Who makes the addresses of services, and takes them away. */
export const ALLOCATOR = 'ipallocator.k8s.io';
const MANAGER = 'kube-apiserver';

/** networking.k8s.io/v1 IPAddress, as far as allocation reads it. */
export interface IpAddressObject extends KubeObject {
  spec?: { parentRef?: { group?: string; resource?: string; namespace?: string; name?: string } };
}

export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

export function ipAddressType(context: CompanionContext): ResourceType {
  const type = context.catalog.findStored(GROUP, RESOURCE);
  if (!type) throw new Error(`${GROUP} ${RESOURCE} are not served`);
  return type;
}

export function ipAddressKey(type: ResourceType, address: string): string {
  return type.storage.prefix + address;
}

/** The stored form of the IPAddress by which a service holds an address. */
export function encodeIpAddress(context: CompanionContext, address: string, service: ServiceName): Buffer {
  const type = ipAddressType(context);
  const now = formatTime(context.clock.now());
  const object: IpAddressObject = {
    apiVersion: type.apiVersion,
    kind: type.kind,
    metadata: {
      name: address,
      uid: context.uuid(),
      creationTimestamp: now,
      labels: { [FAMILY_LABEL]: parseIpSlot(address)?.family ?? 'IPv4', [MANAGED_BY_LABEL]: ALLOCATOR },
    },
    spec: { parentRef: { resource: 'services', namespace: service.namespace, name: service.name } },
  };
  const managedFields = updateManagedFields(undefined, object, { manager: MANAGER, apiVersion: type.apiVersion, schema: type.mergeSchema, now });
  if (managedFields) object.metadata.managedFields = managedFields;
  return encodeFor(type.storage, object);
}

export function decodeIpAddress(type: ResourceType, entry: Entry): IpAddressObject {
  return decodeStored(entry.value, entry.modRevision, type.storage.storageType) as IpAddressObject;
}

export function belongsTo(object: IpAddressObject, service: ServiceName): boolean {
  const parent = object.spec?.parentRef;
  return (parent?.group ?? '') === '' && parent?.resource === 'services' && parent.namespace === service.namespace && parent.name === service.name;
}
