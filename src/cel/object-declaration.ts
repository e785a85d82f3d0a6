import type { CelType } from './types.ts';
import type { CelObject, CelValue } from './values.ts';
import type { ValueSchema } from './value-schema.ts';

export interface FieldDeclaration {
  /** The key in JSON, unescaped. */
  readonly key: string;
  readonly type: CelType;
  /** How the field's JSON is read. */
  readonly schema: ValueSchema;
}

/** An object type: what `Name{…}` makes and what `x.field` finds. */
export interface ObjectDeclaration {
  readonly name: string;
  /** The field of this name as an expression writes it; undefined where there is none. */
  field(name: string): FieldDeclaration | undefined;
  /** The field with this key in JSON. */
  fieldByKey?(key: string): FieldDeclaration | undefined;
  /** What `Name{…}` makes, where that is not a plain object with these fields. */
  make?(fields: Readonly<Record<string, CelValue>>): CelValue;
  /** Its objects hold values, not JSON: expressions make them. */
  readonly holdsValues?: boolean;
  /** What `has(x.field)` answers, where that is not whether the field is set. */
  has?(object: CelObject, field: string): boolean;
}
