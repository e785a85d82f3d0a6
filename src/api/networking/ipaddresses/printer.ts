import { formatGroupResource } from '../../../machinery/group-version.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { IpAddressObject } from './ip-address-object.ts';

export function cells(object: KubeObject): string[] {
  const { metadata, spec } = object as IpAddressObject;
  const parent = spec?.parentRef;
  if (parent == null) return [metadata.name ?? '', '<none>'];
  const resource = formatGroupResource({ group: parent.group ?? '', resource: parent.resource ?? '' }).toLowerCase();
  return [metadata.name ?? '', [resource, ...(parent.namespace ? [parent.namespace] : []), parent.name ?? ''].join('/')];
}
