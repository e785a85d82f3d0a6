import type { JsonValue } from '../../machinery/json.ts';

/**
 * How a JSON value travels:
 * - a scalar's name, or a message's;
 * - `list`: a repeated field;
 * - `named`: repeated {name = 1, value = 2}, one for each member of an object;
 * - `in`: a message around the value, whose only field has this number;
 * - `choose`: depends on the value.
 */
export type Shape =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'double'
  /** Any JSON, as text: {yaml = 2}. */
  | 'any'
  | { readonly message: string }
  | { readonly list: Shape }
  | { readonly named: Shape }
  | { readonly in: number; readonly of: Shape }
  | { readonly choose: (value: JsonValue) => Shape | undefined };

export interface MessageShape {
  /** By member of the JSON object: its field's number and shape. */
  readonly fields: Readonly<Record<string, readonly [number, Shape]>>;
  /** The number of the field that holds `x-…` members, each as {name = 1, value = 2}. */
  readonly extensions?: number;
  /** The number of the field that holds all other members, each as {name = 1, value = 2}: paths, responses. */
  readonly others?: readonly [number, Shape];
}

export type MessageShapes = Readonly<Record<string, MessageShape>>;
