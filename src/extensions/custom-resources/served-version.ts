/**
 * One version of a custom resource, ready to serve: how bodies become objects, what is wrong with them, how they show
 * in tables, merge and scale. Nothing is compiled before it is needed.
 */
import { fieldInvalid, type FieldError } from '../../machinery/field-error.ts';
import { equalJson, type DeepReadonly, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import type { StructSchema } from '../../machinery/merge-schema.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { DecodeError } from '../../api/types/decode-error.ts';
import { CompiledSchema } from '../../schema/compiled-schema.ts';
import { EmbeddedResourceError } from '../../schema/embedded-resources.ts';
import { structSchemaOfSchema } from '../../schema/merge-schema-of-schema.ts';
import type { RuleCompiler, RuleRunOptions } from '../../schema/rule-compiler.ts';
import { parseStructural } from '../../schema/structural.ts';
import type { Decoded } from '../../server/registry/resource-type.ts';
import type { CustomResourceDefinition, DefinitionVersion } from './custom-resource-definition.ts';
import type { ObjectMetadata } from './object-metadata.ts';
import { CustomColumns } from './printer-columns.ts';
import { CustomScale } from './scale-mapping.ts';
import { selectableFieldReaders, selectableLabel, type FieldReader } from './selectable-fields.ts';

export interface ServedVersionOptions {
  readonly metadata: ObjectMetadata;
  readonly ruleCompiler?: RuleCompiler | undefined;
}

export class ServedVersion {
  readonly name: string;
  /** `stable.example.com/v1` */
  readonly apiVersion: string;
  readonly kind: string;
  readonly isStorage: boolean;
  /** Text of the Warning header that every request of this version gets. */
  readonly deprecationWarning: string | undefined;
  readonly hasStatus: boolean;
  readonly scale: CustomScale | undefined;
  readonly columns: CustomColumns;
  readonly declared: DeepReadonly<DefinitionVersion>;
  readonly #options: ServedVersionOptions;
  #schema: CompiledSchema | undefined;
  #mergeSchema: StructSchema | undefined;
  #selectable: ReadonlyMap<string, FieldReader> | undefined;

  /** `previous` is this version before the definition changed: what it compiled is kept where the schema is the same. */
  constructor(definition: DeepReadonly<CustomResourceDefinition>, version: DeepReadonly<DefinitionVersion>, options: ServedVersionOptions, previous?: ServedVersion) {
    const { group, names } = definition.spec;
    this.name = version.name;
    this.apiVersion = `${group}/${version.name}`;
    this.kind = names.kind;
    this.isStorage = version.storage;
    this.deprecationWarning = version.deprecated === true ? (version.deprecationWarning ?? `${this.apiVersion} ${this.kind} is deprecated`) : undefined;
    this.hasStatus = version.subresources?.status !== undefined;
    const scale = version.subresources?.scale;
    this.scale = scale === undefined ? undefined : new CustomScale(scale);
    this.columns = new CustomColumns(version.additionalPrinterColumns);
    this.declared = version;
    this.#options = options;
    if (previous !== undefined && this.shapesLike(previous)) {
      this.#schema = previous.#schema;
      this.#mergeSchema = previous.#mergeSchema;
    }
  }

  get schema(): CompiledSchema {
    this.#schema ??= new CompiledSchema(parseStructural((this.declared as DefinitionVersion).schema?.openAPIV3Schema ?? {}), this.#options.ruleCompiler);
    return this.#schema;
  }

  get mergeSchema(): StructSchema {
    this.#mergeSchema ??= structSchemaOfSchema(this.schema.structural, this.#options.metadata.fields);
    return this.#mergeSchema;
  }

  /**
   * Turns parsed JSON that states this type into an object: metadata decoded, undeclared fields and nulls dropped.
   * Changes and returns `value`. The texts of `strictErrors` come as Kubernetes orders them: metadata, then what was
   * pruned, then embedded metadata. Throws DecodeError for JSON that cannot be such an object.
   */
  decode(value: JsonObject): Decoded {
    const { metadata } = this.#options;
    const strictErrors: string[] = [];
    const given = Object.hasOwn(value, 'metadata') ? value['metadata'] : undefined;
    if (given === undefined || given === null) value['metadata'] = {};
    else {
      const decoded = metadata.decode(given, 'metadata');
      value['metadata'] = decoded.object;
      strictErrors.push(...decoded.strictErrors);
    }
    for (const path of this.schema.prune(value, { track: true })) strictErrors.push(`unknown field ${JSON.stringify(path)}`);
    this.schema.dropNulls(value);
    strictErrors.push(...this.#coerce(value));
    return { object: value as unknown as KubeObject, strictErrors };
  }

  #coerce(value: JsonObject): string[] {
    try {
      return this.schema.coerce(value, this.#options.metadata.decode);
    } catch (error) {
      if (error instanceof EmbeddedResourceError) throw new DecodeError(error.message);
      throw error;
    }
  }

  /** Fills defaults in, in place. */
  default(object: KubeObject): void {
    this.schema.default(object);
  }

  /**
   * An object of another version, or of this one under an older schema, made one of this version, in place: its
   * apiVersion changes, and what is not declared here goes.
   */
  adopt(object: KubeObject): KubeObject {
    object.apiVersion = this.apiVersion;
    this.schema.prune(object, { track: false });
    this.schema.dropNulls(object);
    return object;
  }

  /** Findings about the stated type: when there are any, nothing else is looked at. */
  validateType(object: DeepReadonly<KubeObject>): FieldError[] {
    const errors: FieldError[] = [];
    if (object.kind !== this.kind) errors.push(fieldInvalid('kind', object.kind, `must be ${this.kind}`));
    if (object.apiVersion !== this.apiVersion) errors.push(fieldInvalid('apiVersion', object.apiVersion, `must be ${this.apiVersion}`));
    return errors;
  }

  /** Findings beyond those about metadata; `old` makes it an update, which ratchets. */
  validate(object: DeepReadonly<KubeObject>, options: RuleRunOptions & { readonly old?: DeepReadonly<KubeObject>; readonly only?: string } = {}): FieldError[] {
    const further = this.scale?.validate(object);
    return this.schema.validate(object, { ...options, ...(further !== undefined && further.length > 0 && { further }) });
  }

  /** The reader of a field selector's label; undefined where this version does not support it. */
  selectableField(label: string): FieldReader | undefined {
    this.#selectable ??= selectableFieldReaders(this.declared.selectableFields as DefinitionVersion['selectableFields']);
    return this.#selectable.get(label);
  }

  get selectableLabels(): readonly string[] {
    return (this.declared.selectableFields ?? []).map(({ jsonPath }) => selectableLabel(jsonPath));
  }

  cells(object: DeepReadonly<KubeObject>, nowMs: number): JsonValue[] {
    return this.columns.cells(object, nowMs);
  }

  /** True where both would read the same bytes as the same object. */
  shapesLike(other: ServedVersion): boolean {
    return this.name === other.name && this.kind === other.kind && equalJson(this.declared.schema, other.declared.schema);
  }
}
