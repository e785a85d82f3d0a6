import type { Facts } from '../../api/facts/facts.ts';
import type { TypeFacts } from '../../api/facts/type-facts.ts';
import { decodeTyped } from '../../api/types/decode.ts';
import { mergeSchemaOfType } from '../../api/types/merge-schema-of-type.ts';
import type { FieldSchema } from '../../machinery/merge-schema.ts';
import type { DecodeMetadata } from '../../schema/embedded-resources.ts';
import type { ImpliedFields } from '../../schema/merge-schema-of-schema.ts';

/** What every custom object has beside its schema: its type and its metadata, as the built-in API knows them. */
export interface ObjectMetadata {
  readonly decode: DecodeMetadata;
  readonly fields: ImpliedFields;
}

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** One per server; the facts behind it are read on first use. */
export function objectMetadata(facts: Facts): ObjectMetadata {
  const type = (): TypeFacts => {
    const found = facts.typeByName(OBJECT_META);
    if (found === undefined) throw new Error(`the API's facts do not know ${OBJECT_META}`);
    return found;
  };
  let fields: ImpliedFields | undefined;
  return {
    decode: (value, path) => decodeTyped(value, type(), { at: [path] }),
    get fields() {
      fields ??= new Map<string, FieldSchema>([
        ['apiVersion', { schema: { kind: 'scalar', scalar: 'string' } }],
        ['kind', { schema: { kind: 'scalar', scalar: 'string' } }],
        ['metadata', { schema: mergeSchemaOfType(type()) }],
      ]);
      return fields;
    },
  };
}
