import { cloneJson, type JsonObject } from '../../machinery/json.ts';
import { stringifyJson } from '../../machinery/parse-json.ts';

type Convert = (object: JsonObject, from: string, to: string) => Promise<JsonObject>;

interface Missing {
  readonly key: string;
  readonly object: JsonObject;
  readonly from: string;
  readonly to: string;
}

/** More rounds than an object has versions bring nothing new. */
const MAX_ROUNDS = 16;

/**
 * Lets what owns fields be computed at once though conversions take time: a computation that misses one is thrown away,
 * and made again when it is there. One per write.
 */
export class OwnershipConversions {
  readonly #convert: Convert;
  readonly #known = new Map<string, { readonly object: JsonObject } | { readonly error: Error }>();
  #missing: Missing[] = [];

  constructor(convert: Convert) {
    this.#convert = convert;
  }

  /** Throws for what is not there yet, and for what cannot be converted. */
  now(object: JsonObject, from: string, to: string): JsonObject {
    const key = `${from} ${to} ${stringifyJson(object)}`;
    const known = this.#known.get(key);
    if (known === undefined) {
      this.#missing.push({ key, object: cloneJson(object), from, to });
      throw new Error('not converted yet');
    }
    if ('error' in known) throw known.error;
    return cloneJson(known.object);
  }

  /** `compute` must not change anything but what it returns; it may run several times. */
  async settle<T>(compute: () => T): Promise<T> {
    for (let round = 0; ; round++) {
      this.#missing = [];
      const outcome = attempt(compute);
      if (this.#missing.length === 0 || round === MAX_ROUNDS) {
        if ('error' in outcome) throw outcome.error;
        return outcome.value;
      }
      for (const missing of this.#missing) await this.#fetch(missing);
    }
  }

  async #fetch({ key, object, from, to }: Missing): Promise<void> {
    if (this.#known.has(key)) return;
    try {
      this.#known.set(key, { object: await this.#convert(object, from, to) });
    } catch (error) {
      this.#known.set(key, { error: error as Error });
    }
  }
}

function attempt<T>(compute: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: compute() };
  } catch (error) {
    return { error };
  }
}
