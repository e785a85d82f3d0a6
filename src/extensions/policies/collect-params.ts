import type { ParamKind, ParamRef } from '../../api/admissionregistration/shapes.ts';
import { parseApiVersion } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { labelSelectorFromObject, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { RegistryContext } from '../../server/registry/api-call.ts';
import { inRequestVersion, inRequestVersions } from '../../server/registry/conversion.ts';
import type { ServedObject } from '../../server/registry/served-object.ts';
import { objectKey, type ResourceType } from '../../server/registry/resource-type.ts';

/** A policy or a binding that cannot be followed as it stands; the failure policy says what becomes of requests. */
export class PolicyConfigurationError extends Error {
  override readonly name = 'PolicyConfigurationError';
}

export type Configured<T> = { readonly value: T } | { readonly error: string };

/** What a step comes to, or why the policy or binding cannot be followed. */
export async function configured<T>(step: () => Promise<T>): Promise<Configured<T>> {
  try {
    return { value: await step() };
  } catch (error) {
    if (error instanceof PolicyConfigurationError) return { error: error.message };
    throw error;
  }
}

export type Param = DeepReadonly<KubeObject> | null;

/** The resource of a policy's parameters; undefined without parameters. Throws PolicyConfigurationError for a kind that is not served. */
export function paramType({ catalog }: Pick<RegistryContext, 'catalog'>, paramKind: DeepReadonly<ParamKind> | undefined): ResourceType | undefined {
  if (paramKind === undefined) return undefined;
  const { apiVersion = '', kind = '' } = paramKind;
  const { group, version } = parseApiVersion(apiVersion) ?? { group: '', version: '' };
  const type = catalog.findKind(group, version, kind);
  if (!type) throw new PolicyConfigurationError(`failed to find resource referenced by paramKind: '${group}/${version}, Kind=${kind}'`);
  return type;
}

/**
 * The objects that a binding names as parameters, in the version of the policy's kind, ordered by namespace and name;
 * one null where the policy is to run without. None: the binding has no effect. `namespace` is the request's. Throws
 * PolicyConfigurationError.
 */
export async function collectParams(context: Pick<RegistryContext, 'caches'>, type: ResourceType | undefined, ref: DeepReadonly<ParamRef> | undefined, namespace: string): Promise<readonly Param[]> {
  if (type === undefined || ref === undefined) return [null];
  const params = await findParams(context, type, ref, scopeOf(type, ref, namespace));
  if (params.length === 0 && ref.parameterNotFoundAction === 'Deny') {
    throw new PolicyConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  }
  return params;
}

function scopeOf(type: ResourceType, { namespace: given = '' }: DeepReadonly<ParamRef>, namespace: string): string {
  if (!type.namespaced) {
    if (given !== '') throw new PolicyConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
    return '';
  }
  const scope = given === '' ? namespace : given;
  if (scope === '') throw new PolicyConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  return scope;
}

async function findParams({ caches }: Pick<RegistryContext, 'caches'>, type: ResourceType, { name = '', selector }: DeepReadonly<ParamRef>, scope: string): Promise<Param[]> {
  await type.storage.load?.();
  const cache = await caches.get(type.storage);
  if (name !== '') {
    if (selector !== undefined) throw new PolicyConfigurationError('paramRef.name and paramRef.selector are mutually exclusive');
    const item = cache.get(objectKey(scope, name));
    return item ? [await inRequestVersion(type, item)] : [];
  }
  if (selector === undefined) throw new PolicyConfigurationError('one of name or selector must be provided');
  const selected = labelSelectorFromObject(selector as LabelSelectorObject);
  const found: ServedObject[] = [];
  for (const item of cache.range(scope === '' ? '' : `${scope}/`)) {
    if (selected.matches(item.object().metadata.labels)) found.push(item);
  }
  return [...(await inRequestVersions(type, found))];
}
