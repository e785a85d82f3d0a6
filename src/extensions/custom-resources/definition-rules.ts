import type { KindRules } from '../../api/kind-rules.ts';
import { cloneJson } from '../../machinery/json.ts';
import { unrecognizedFormats } from '../../schema/schema-definition.ts';
import { storageVersion, type CustomResourceDefinition, type DefinitionStatus } from './custom-resource-definition.ts';
import { defaultDefinition } from './definition-defaults.ts';
import { beginDeletion } from './definition-status.ts';
import { validateDefinition, validateDefinitionStatus, validateDefinitionUpdate, type ValidateDefinitionOptions } from './definition-validation.ts';

/** The rules of the kind CustomResourceDefinition. */
export function definitionRules(options: ValidateDefinitionOptions = {}): KindRules<CustomResourceDefinition> {
  return {
    tracksGeneration: true,
    defaults: defaultDefinition,
    prepareForCreate(definition) {
      definition.status = emptyStatus();
      addStoredVersion(definition);
    },
    validate: (definition) => validateDefinition(definition, options),
    warningsOnCreate: formatWarnings,
    prepareForUpdate(definition, old) {
      definition.status = cloneJson(old.status ?? emptyStatus());
      addStoredVersion(definition);
    },
    validateUpdate: (definition, old) => validateDefinitionUpdate(definition, old, options),
    warningsOnUpdate: formatWarnings,
    status: {
      prepareForUpdate(definition, old) {
        definition.spec = cloneJson(old.spec);
      },
      validateUpdate: validateDefinitionStatus,
    },
    beginDeletion: (definition, { nowMs }) => beginDeletion(definition, nowMs),
    // Held by its finalizer; like all kinds that hold themselves, without grace period and without a new generation.
    heldInDeletion: () => false,
    resetFields: { '': [['status']], status: [['metadata'], ['spec']] },
    cells: (definition) => [definition.metadata.name ?? '', definition.metadata.creationTimestamp ?? null],
  };
}

/** What a definition shows until the step after its creation has filled it in. */
function emptyStatus(): DefinitionStatus {
  return { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null };
}

/** Once a version has been the one that objects are stored in, it is remembered. */
function addStoredVersion(definition: CustomResourceDefinition): void {
  const name = storageVersion(definition.spec)?.name;
  const { status } = definition;
  if (name === undefined || status === undefined) return;
  const stored = status.storedVersions ?? [];
  if (!stored.includes(name)) status.storedVersions = [...stored, name];
}

function formatWarnings(definition: CustomResourceDefinition): string[] {
  const formats = new Set<string>();
  for (const version of definition.spec.versions ?? []) {
    const schema = version.schema?.openAPIV3Schema;
    if (schema !== undefined) for (const format of unrecognizedFormats(schema)) formats.add(format);
  }
  return [...formats].sort().map((format) => `unrecognized format ${JSON.stringify(format)}`);
}
