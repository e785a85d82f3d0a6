import { DYN, LIST_DYN } from './types.ts';
import type { ValueSchema } from './values.ts';
import { CelDouble, CelList, JsonMap } from './values.ts';
import type { CelValue } from './values.ts';

/** JSON without a schema: whole numbers are ints, others doubles, objects are maps. */
export const FREE_JSON: ValueSchema = {
  type: DYN,
  identity: false,
  read,
  get element() {
    return FREE_JSON;
  },
};

const FREE_LIST: ValueSchema = { type: LIST_DYN, identity: false, read, element: FREE_JSON };

function read(json: unknown): CelValue {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? (json === 0 ? 0 : json) : new CelDouble(json);
  if (typeof json !== 'object' || json === null) return (json ?? null) as CelValue;
  return Array.isArray(json) ? new CelList(json, FREE_LIST) : new JsonMap(json as Readonly<Record<string, unknown>>, FREE_JSON);
}
