import { parseApiVersion } from '../../../machinery/group-version.ts';
import type { KubeObject, OwnerReference } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { ControllerRevision } from './validation.ts';

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number)[] {
  const { metadata, revision } = object as ControllerRevision;
  const controller = metadata.ownerReferences?.find((owner) => owner.controller === true);
  return [metadata.name ?? '', controller === undefined ? '<none>' : formatOwner(controller), revision ?? 0, ageOf(object, nowMs)];
}

/** `statefulset.apps/web` */
function formatOwner({ apiVersion, kind, name }: OwnerReference): string {
  const group = parseApiVersion(apiVersion)?.group ?? '';
  const groupKind = group === '' ? kind : `${kind}.${group}`;
  return `${groupKind.toLowerCase()}/${name}`;
}
