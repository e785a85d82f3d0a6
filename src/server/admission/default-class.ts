import type { DeepReadonly } from '../../machinery/json.ts';
import type { GroupResource } from '../../machinery/group-version.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ObjectReader } from '../object-reader.ts';

/**
 * The name of the class that is marked as default by one of `annotations`. Of several it is the newest, and of equally
 * new ones the first by name, so that a new default can be made before the old one is taken back.
 */
export function defaultClassName(reader: ObjectReader, classes: GroupResource, annotations: readonly string[]): string | undefined {
  const isDefault = ({ metadata }: DeepReadonly<KubeObject>): boolean => annotations.some((key) => metadata.annotations?.[key] === 'true');
  let newest: DeepReadonly<KubeObject> | undefined;
  for (const candidate of reader.list(classes, '')) {
    if (!isDefault(candidate)) continue;
    // The list comes by name: only a later time takes the place of an earlier name.
    if (newest === undefined || (candidate.metadata.creationTimestamp ?? '') > (newest.metadata.creationTimestamp ?? '')) newest = candidate;
  }
  return newest?.metadata.name;
}
