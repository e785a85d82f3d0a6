import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ResourceType } from './resource-type.ts';
import type { ServedObject } from './served-object.ts';

/** An own object as it is stored: at once, but where its kind is converted elsewhere. */
export function toStored(type: ResourceType, object: KubeObject): KubeObject | Promise<KubeObject> {
  const { conversion } = type;
  return conversion === undefined || object.apiVersion === type.storage.storageType.apiVersion ? type.toStorage(object) : conversion.toStorage(object);
}

/** An own object that is as stored, in the version of `type`: at once, but where its kind is converted elsewhere. */
export function fromStored(type: ResourceType, object: KubeObject): KubeObject | Promise<KubeObject> {
  const { conversion } = type;
  return conversion === undefined || object.apiVersion === type.apiVersion ? type.fromStorage(object) : firstOf(conversion.fromStorage([object]));
}

async function firstOf(converted: Promise<readonly KubeObject[]>): Promise<KubeObject> {
  const [object] = await converted;
  if (!object) throw new Error('a conversion answered nothing');
  return object;
}

/** The stored bytes are in the request's version. */
export function isStoredIn(type: ResourceType, object: ServedObject): boolean {
  if (!type.isStorageVersion) return false;
  if (!type.storage.tagVersion) return true;
  return object.revision >= (type.shapedSince ?? 0) && object.type().apiVersion === type.apiVersion;
}

/** The object in the request's version; shared where no conversion was needed. */
export function inRequestVersion(type: ResourceType, object: ServedObject): DeepReadonly<KubeObject> | Promise<DeepReadonly<KubeObject>> {
  const stored = object.object();
  return isStoredIn(type, object) ? stored : (fromStored(type, cloneJson(stored) as KubeObject) as DeepReadonly<KubeObject> | Promise<DeepReadonly<KubeObject>>);
}

/** As inRequestVersion, for several: all that are converted elsewhere go there together. */
export async function inRequestVersions(type: ResourceType, objects: readonly ServedObject[]): Promise<readonly DeepReadonly<KubeObject>[]> {
  const { conversion } = type;
  if (conversion === undefined) return objects.map((object) => inRequestVersion(type, object) as DeepReadonly<KubeObject>);
  const shown = objects.map((object) => (isStoredIn(type, object) ? object.object() : undefined));
  const others = objects.filter((_, i) => shown[i] === undefined);
  const converted = others.length === 0 ? [] : await conversion.fromStorage(others.map((object) => cloneJson(object.object()) as KubeObject));
  let next = 0;
  return shown.map((object) => object ?? (converted[next++] as DeepReadonly<KubeObject>));
}
