/** Kubernetes' internal form of versions as JSON, with Go's names for the fields: findings about all of spec.versions show it. */
import { internalSchema } from '../../schema/internal-schema.ts';
import type { DefinitionVersion } from './custom-resource-definition.ts';

export function internalVersion(version: DefinitionVersion): Record<string, unknown> {
  return {
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: version.schema === undefined ? null : { OpenAPIV3Schema: internalSchema(version.schema.openAPIV3Schema) },
    Subresources: version.subresources === undefined ? null : internalSubresources(version.subresources),
    AdditionalPrinterColumns:
      version.additionalPrinterColumns?.map((column) => ({
        Name: column.name,
        Type: column.type,
        Format: column.format ?? '',
        Description: column.description ?? '',
        Priority: column.priority ?? 0,
        JSONPath: column.jsonPath,
      })) ?? null,
    SelectableFields: version.selectableFields?.map((field) => ({ JSONPath: field.jsonPath })) ?? null,
  };
}

function internalSubresources({ status, scale }: NonNullable<DefinitionVersion['subresources']>): Record<string, unknown> {
  return {
    Status: status === undefined ? null : {},
    Scale:
      scale === undefined
        ? null
        : { SpecReplicasPath: scale.specReplicasPath, StatusReplicasPath: scale.statusReplicasPath, LabelSelectorPath: scale.labelSelectorPath ?? null },
  };
}
