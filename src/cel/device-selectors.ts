import type { Environment } from './environment.ts';
import { failureText } from './environment.ts';
import { FREE_JSON } from './free-json.ts';
import { LIMITS, kubernetesEnvironment } from './kubernetes-environment.ts';
import { QUANTITY_TYPE, QuantityValue, parseQuantity } from './libraries/quantity.ts';
import { fail } from './evaluation-error.ts';
import type { Program } from './program.ts';
import { BOOL, STRING, mapOf, objectType, typeName } from './types.ts';
import { CelObject, JsonMap } from './values.ts';
import type { CelValue, FieldDeclaration, ObjectDeclaration, ValueSchema } from './values.ts';

/** A device as selectors of dynamic resource allocation see it. */
export interface Device {
  readonly driver: string;
  /** Values by domain and name; versions are semantic versions as text. */
  readonly attributes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Quantities as text, by domain and name. */
  readonly capacity: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly allowMultipleAllocations?: boolean;
}

const asIs = (json: unknown): CelValue => json as CelValue;
const json = (value: unknown): Readonly<Record<string, unknown>> => value as Readonly<Record<string, unknown>>;

const CAPACITY: ValueSchema = {
  type: QUANTITY_TYPE,
  identity: false,
  read(text) {
    const parsed = parseQuantity(String(text));
    return 'error' in parsed ? fail(parsed.error) : new QuantityValue(parsed.nanos);
  },
};

/** A domain that a device has nothing of is an empty one, so that selectors need not ask for it first. */
function domains(values: ValueSchema): ValueSchema {
  const names: ValueSchema = { type: mapOf(STRING, values.type), identity: false, element: values, read: (value) => new JsonMap(json(value), values) };
  return {
    type: mapOf(STRING, names.type),
    identity: false,
    read: (value) => new DomainMap(json(value), names),
  };
}

class DomainMap extends JsonMap {
  override get(key: string | number | bigint | boolean): CelValue | undefined {
    return super.get(key) ?? (typeof key === 'string' ? this.element.read({}) : undefined);
  }
}

const FIELDS: ReadonlyMap<string, ValueSchema> = new Map([
  ['driver', { type: STRING, identity: true, read: asIs }],
  ['attributes', domains(FREE_JSON)],
  ['capacity', domains(CAPACITY)],
  ['allowMultipleAllocations', { type: BOOL, identity: true, read: asIs }],
]);

function field(name: string): FieldDeclaration | undefined {
  const schema = FIELDS.get(name);
  return schema === undefined ? undefined : { key: name, type: schema.type, schema };
}

const DEVICE: ObjectDeclaration = { name: 'kubernetes.DRADevice', field, fieldByKey: field };

/** The selectors of device classes and resource claims: boolean expressions about one `device`. */
export class DeviceSelectors {
  private readonly environment: Environment;
  constructor() {
    const schema: ValueSchema = { type: objectType(DEVICE), identity: false, object: DEVICE, read: (value) => new CelObject(json(value), DEVICE) };
    this.environment = kubernetesEnvironment({ variables: { device: { schema } } });
  }

  /** A selector made runnable, or what is wrong with it in Kubernetes' words. */
  compile(expression: string): { readonly program: Program } | { readonly error: string } {
    const compiled = this.environment.compile(expression);
    const { program } = compiled;
    if (program === undefined) return { error: failureText(compiled) };
    if (program.type.kind !== 'bool' && program.type.kind !== 'any') return { error: `must evaluate to bool or the unknown type, not ${typeName(program.type)}` };
    return { program };
  }

  /** Whether a device is selected; an error where the expression fails. */
  matches(program: Program, device: Device): { readonly matches: boolean } | { readonly error: string } {
    const result = program.evaluate({ device }, { costLimit: LIMITS.perCall });
    if (result.error !== undefined) return { error: result.error };
    return { matches: result.value === true };
  }
}
