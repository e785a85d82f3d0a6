/**
 * Kubernetes keeps what all versions have in common once, at the top of the spec, in its internal form; validation runs
 * on that form, and so its findings name `spec.validation`, `spec.subresources`, `spec.additionalPrinterColumns` and
 * `spec.selectableFields` where the versions agree.
 */
import { equalJson } from '../../machinery/json.ts';
import type { DefinitionSpec, DefinitionVersion } from './custom-resource-definition.ts';

type Shared = 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields';

export interface HoistedSpec {
  /** What all versions share; a field is absent where they differ. */
  readonly shared: Pick<DefinitionVersion, Shared>;
  /** The versions without what they share. */
  readonly versions: readonly DefinitionVersion[];
}

const SHARED: readonly Shared[] = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'];

export function hoistSpec(spec: DefinitionSpec): HoistedSpec {
  const versions = spec.versions ?? [];
  const [first] = versions;
  if (first === undefined) return { shared: {}, versions };
  const shared: Partial<Record<Shared, unknown>> = {};
  const equal = SHARED.filter((field) => versions.every((version) => version === first || equalJson(version[field], first[field])));
  for (const field of equal) if (first[field] !== undefined) shared[field] = first[field];
  return { shared: shared as Pick<DefinitionVersion, Shared>, versions: versions.map((version) => without(version, equal)) };
}

function without(version: DefinitionVersion, fields: readonly Shared[]): DefinitionVersion {
  const rest = { ...version };
  for (const field of fields) delete rest[field];
  return rest;
}
