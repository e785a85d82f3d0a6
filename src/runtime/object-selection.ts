import type { SelectorOptions } from '../client/request.ts';
import type { ApiObject } from '../client/resource-definition.ts';
import { parseFieldSelector, type FieldSelector } from '../machinery/field-selector.ts';
import { getOwn, isJsonObject, type JsonObject } from '../machinery/json.ts';
import { parseLabelSelector, type LabelSelector } from '../machinery/label-selector.ts';

/** Whether an informer's watch would select an object: its namespace, labels, and fields where they stand in the object. */
export class ObjectSelection {
  readonly #namespace: string;
  readonly #labels: LabelSelector | undefined;
  readonly #fields: FieldSelector | undefined;

  constructor(namespace: string, { labelSelector = '', fieldSelector = '' }: SelectorOptions) {
    this.#namespace = namespace;
    this.#labels = labelSelector === '' ? undefined : parseLabelSelector(labelSelector);
    this.#fields = fieldSelector === '' ? undefined : parseFieldSelector(fieldSelector);
  }

  matches(object: ApiObject): boolean {
    const { namespace = '', labels } = object.metadata;
    if (this.#namespace !== '' && namespace !== this.#namespace) return false;
    if (this.#labels && !this.#labels.matches(labels)) return false;
    return this.#fields?.matches((field) => fieldOf(object, field)) ?? true;
  }
}

function fieldOf(object: ApiObject, field: string): string | undefined {
  let value: unknown = object;
  for (const name of field.split('.')) value = isJsonObject(value) ? getOwn(value as JsonObject, name) : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
