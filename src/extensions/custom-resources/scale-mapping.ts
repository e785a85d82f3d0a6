/** The scale subresource of a custom resource: replicas and selector by the paths its definition names. */
import { fieldInvalid, type FieldError } from '../../machinery/field-error.ts';
import type { DeepReadonly, JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, failure, internalError } from '../../machinery/status-error.ts';
import { scaleObject } from '../../server/registry/scale-object.ts';
import type { DefinitionScale } from './custom-resource-definition.ts';
import { nestedInteger, NestedFieldError, nestedString, setNestedField } from './nested-field.ts';
import { splitSimplePath } from './simple-path.ts';

const INT32_MAX = 2 ** 31 - 1;

/** How scale and object translate into each other. Paths hold names only: brackets are read as part of a name. */
export class CustomScale {
  readonly replicasPath: readonly string[];
  readonly #scale: DefinitionScale;
  readonly #statusPath: readonly string[];
  readonly #selectorPath: readonly string[] | undefined;

  constructor(scale: DefinitionScale) {
    this.#scale = scale;
    this.replicasPath = splitSimplePath(scale.specReplicasPath);
    this.#statusPath = splitSimplePath(scale.statusReplicasPath);
    const selector = scale.labelSelectorPath ?? '';
    this.#selectorPath = selector === '' ? undefined : splitSimplePath(selector);
  }

  /** autoscaling/v1 Scale. Throws InternalError where the object has no replicas yet, as a read of the scale does. */
  toScale(object: DeepReadonly<KubeObject>): KubeObject {
    const scale = this.currentScale(object);
    if (scale.replicas === undefined) throw internalError(`the spec replicas field ${JSON.stringify(this.#scale.specReplicasPath)} does not exist`);
    return scale.object;
  }

  /** For writes: `replicas` is undefined where the object has none. */
  currentScale(object: DeepReadonly<KubeObject>): { readonly object: KubeObject; readonly replicas: number | undefined } {
    return answeringFieldErrors(() => {
      const replicas = nestedInteger(object, this.replicasPath);
      const observed = nestedInteger(object, this.#statusPath) ?? 0;
      const selector = (this.#selectorPath && nestedString(object, this.#selectorPath)) ?? '';
      const scale = scaleObject(object, { replicas: Number(replicas ?? 0), observed: Number(observed), selector: selector === '' ? undefined : selector });
      return { object: scale, replicas: replicas === undefined ? undefined : Number(replicas) };
    });
  }

  /** Sets the object's replicas, in place. `replicas` undefined: the scale says none, and the object has none either. */
  applyReplicas(object: KubeObject, replicas: number | undefined): void {
    if (replicas === undefined) throw badRequest(`the spec replicas field ${JSON.stringify(this.#scale.specReplicasPath)} cannot be empty`);
    answeringFieldErrors(() => setNestedField(object as unknown as JsonObject, this.replicasPath, replicas));
  }

  /** The registry's form of applyReplicas: an absent number in the scale's spec is 0. */
  applyScale(object: KubeObject, scale: KubeObject): void {
    const wanted = (scale['spec'] as { replicas?: number } | undefined)?.replicas;
    this.applyReplicas(object, wanted ?? 0);
  }

  /** Findings about an object's fields at the paths: part of validating every write of it. */
  validate(object: unknown): FieldError[] {
    const { specReplicasPath, statusReplicasPath, labelSelectorPath = '' } = this.#scale;
    const errors = [...validateReplicas(object, specReplicasPath, this.replicasPath), ...validateReplicas(object, statusReplicasPath, this.#statusPath)];
    if (this.#selectorPath !== undefined) {
      try {
        nestedString(object, this.#selectorPath);
      } catch (error) {
        if (!(error instanceof NestedFieldError)) throw error;
        errors.push(fieldInvalid(labelSelectorPath, '', error.message));
      }
    }
    return errors;
  }
}

function validateReplicas(object: unknown, path: string, names: readonly string[]): FieldError[] {
  try {
    const replicas = nestedInteger(object, names) ?? 0;
    if (replicas < 0) return [fieldInvalid(path, replicas, 'should be a non-negative integer')];
    return replicas > INT32_MAX ? [fieldInvalid(path, replicas, `should be less than or equal to ${INT32_MAX}`)] : [];
  } catch (error) {
    if (error instanceof NestedFieldError) return [fieldInvalid(path, 0, error.message)];
    throw error;
  }
}

/** Fields of the wrong type answer 500 with their text, as Kubernetes does. */
function answeringFieldErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof NestedFieldError) throw failure({ code: 500, message: error.message, cause: error });
    throw error;
  }
}
