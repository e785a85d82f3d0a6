import { storageVersion, type CustomResourceDefinition } from './custom-resource-definition.ts';

/** Fills in what a definition leaves out; in place. */
export function defaultDefinition(definition: CustomResourceDefinition): void {
  const { spec } = definition;
  const names = spec.names ?? { plural: '', kind: '' };
  if ((names.singular ?? '') === '' && names.kind !== '') names.singular = names.kind.toLowerCase();
  if ((names.listKind ?? '') === '' && names.kind !== '') names.listKind = `${names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service !== undefined) service.port ??= 443;
  if (spec.preserveUnknownFields === false) delete spec.preserveUnknownFields;
  const storage = storageVersion(spec);
  const { status } = definition;
  if (status !== undefined && (status.storedVersions?.length ?? 0) === 0 && storage !== undefined) status.storedVersions = [storage.name];
}
