import { objectKey, type ApiObject } from '../../client/resource-definition.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { LabelSelector } from '../../machinery/label-selector.ts';
import type { Informer } from '../../runtime/informer.ts';

/** Objects that select others of their namespace by labels. Each selector is compiled once for each version of its object. */
export class SelectingObjects<T extends ApiObject> {
  readonly #informer: Informer<T>;
  readonly #compile: (object: DeepReadonly<T>) => LabelSelector;
  readonly #compiled = new WeakMap<object, LabelSelector>();

  constructor(informer: Informer<T>, compile: (object: DeepReadonly<T>) => LabelSelector) {
    this.#informer = informer;
    this.#compile = compile;
  }

  selectorOf(object: DeepReadonly<T>): LabelSelector {
    const known = this.#compiled.get(object);
    if (known) return known;
    const selector = this.#compile(object);
    this.#compiled.set(object, selector);
    return selector;
  }

  /** Those that select the object. */
  selecting({ metadata }: DeepReadonly<ApiObject>): DeepReadonly<T>[] {
    return this.#informer.store.inNamespace(metadata.namespace ?? '').filter((object) => this.selectorOf(object).matches(metadata.labels));
  }

  keysSelecting(object: DeepReadonly<ApiObject>): string[] {
    return this.selecting(object).map((selecting) => objectKey(selecting as DeepReadonly<ApiObject>));
  }

  /** What the object selects. */
  selectedBy<S extends ApiObject>(object: DeepReadonly<T>, others: Informer<S>): DeepReadonly<S>[] {
    const selector = this.selectorOf(object);
    const { namespace = '' } = (object as DeepReadonly<ApiObject>).metadata;
    return others.store.inNamespace(namespace).filter((other) => selector.matches((other as DeepReadonly<ApiObject>).metadata.labels));
  }
}
