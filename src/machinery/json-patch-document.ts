import { JsonPatchError } from './json-patch-error.ts';
import { cloneJson, equalJson, getOwn, isJsonObject, setOwn, type JsonArray, type JsonObject, type JsonValue } from './json.ts';
import { stringifyJson } from './parse-json.ts';

type Container = JsonObject | JsonArray;

/** Where an operation acts: a container of the document and a key or index in it. */
interface Place {
  readonly container: Container;
  readonly key: string;
}

/** A step that did not work; the operation puts its own words before it. */
class StepError extends Error {}

const missing = (text: string): JsonPatchError => new JsonPatchError('failed', `${text}: missing value`);

/**
 * The document that a patch's operations change, one after the other. Containers are copied when first written to, so
 * that the original stays as it was and everything else is shared.
 */
export class PatchDocument {
  #root: Container;
  readonly #maxCopyBytes: number;
  #copiedBytes = 0;
  /** Containers made here: they may be written to. */
  readonly #own = new Set<Container>();

  constructor(target: Container, maxCopyBytes: number) {
    this.#root = target;
    this.#maxCopyBytes = maxCopyBytes;
  }

  get root(): JsonValue {
    return this.#root;
  }

  add(path: string, value: JsonValue): void {
    const place = this.#find(path);
    if (place === undefined) throw missing(`add operation does not apply: doc is missing path: "${path}"`);
    this.#attempt(`error in add for path: '${path}'`, () => insert(this.#writable(path, place), value));
  }

  remove(path: string): void {
    const place = this.#find(path);
    if (place === undefined) throw missing(`remove operation does not apply: doc is missing path: "${path}"`);
    this.#attempt(`error in remove for path: '${path}'`, () => erase(this.#writable(path, place)));
  }

  replace(path: string, value: JsonValue): void {
    if (path === '') {
      if (!isContainer(value)) throw new JsonPatchError('failed', 'replace operation value must be object or array');
      this.#root = value;
      return;
    }
    const place = this.#find(path);
    if (place === undefined) throw missing(`replace operation does not apply: doc is missing path: ${path}`);
    const { container, key } = place;
    // An absent key of an object may be replaced: Kubernetes' patches always allowed it.
    if (Array.isArray(container)) {
      try {
        indexOf(container, key);
      } catch (error) {
        if (error instanceof StepError) throw missing(`replace operation does not apply: doc is missing key: ${path}`);
        throw error;
      }
    }
    const writable = this.#writable(path, place);
    if (Array.isArray(writable.container)) writable.container[indexOf(writable.container, key)] = value;
    else setOwn(writable.container, key, value);
  }

  /** The destination is asked for only when the source was found and taken out. */
  move(from: string, destination: () => string): void {
    const source = this.#find(from);
    if (source === undefined) throw missing(`move operation does not apply: doc is missing from path: ${from}`);
    const text = `error in move for path: '${source.key}'`;
    const value = this.#attempt(text, () => read(source));
    this.#attempt(text, () => erase(this.#writable(from, source)));
    const path = destination();
    const place = this.#find(path);
    if (place === undefined) throw missing(`move operation does not apply: doc is missing destination path: ${path}`);
    this.#attempt(`error in move for path: '${path}'`, () => insert(this.#writable(path, place), value));
  }

  copy(from: string, destination: () => string): void {
    const source = this.#find(from);
    if (source === undefined) throw missing(`copy operation does not apply: doc is missing from path: ${from}`);
    const value = this.#attempt(`error in copy for from: '${from}'`, () => read(source));
    const path = destination();
    const place = this.#find(path);
    if (place === undefined) throw missing(`copy operation does not apply: doc is missing destination path: ${path}`);
    this.#copiedBytes += Buffer.byteLength(stringifyJson(value));
    if (this.#copiedBytes > this.#maxCopyBytes) {
      const text = `Unable to complete the copy, the accumulated size increase of copy is ${this.#copiedBytes}, exceeding the limit ${this.#maxCopyBytes}`;
      throw new JsonPatchError('too-large', text);
    }
    this.#attempt('error while adding value during copy', () => insert(this.#writable(path, place), cloneJson(value)));
  }

  test(path: string, expected: JsonValue): void {
    if (path === '') {
      if (equalJson(this.#root, expected)) return;
    } else {
      const place = this.#find(path);
      if (place === undefined) throw missing(`test operation does not apply: is missing path: ${path}`);
      const actual = this.#attempt(`error in test for path: '${path}'`, () => read(place));
      if (equalJson(actual, expected)) return;
    }
    throw new JsonPatchError('test-failed', `testing value ${path} failed: test failed`);
  }

  #attempt<T>(text: string, step: () => T): T {
    try {
      return step();
    } catch (error) {
      if (error instanceof StepError) throw new JsonPatchError('failed', `${text}: ${error.message}`);
      throw error;
    }
  }

  /** The place that a pointer names, whether or not something is there; undefined when its container is not. */
  #find(path: string): Place | undefined {
    const parts = path.split('/');
    if (parts.length < 2) return undefined;
    let container = this.#root;
    for (let i = 1; i < parts.length - 1; i++) {
      const next = step(container, decodeToken(parts[i] ?? ''));
      if (next === undefined) return undefined;
      container = next;
    }
    return { container, key: decodeToken(parts.at(-1) ?? '') };
  }

  /** The same place in containers that may be written to, from the root down. */
  #writable(path: string, { key }: Place): Place {
    this.#root = this.#owned(this.#root);
    let container = this.#root;
    const parts = path.split('/');
    for (let i = 1; i < parts.length - 1; i++) {
      const token = decodeToken(parts[i] ?? '');
      const next = this.#owned(step(container, token) as Container);
      if (Array.isArray(container)) container[indexOf(container, token)] = next;
      else setOwn(container, token, next);
      container = next;
    }
    return { container, key };
  }

  #owned(container: Container): Container {
    if (this.#own.has(container)) return container;
    let copy: Container;
    if (Array.isArray(container)) {
      copy = container.slice();
    } else {
      copy = {};
      for (const key of Object.keys(container)) setOwn(copy, key, container[key]);
    }
    this.#own.add(copy);
    return copy;
  }
}

function isContainer(value: JsonValue | undefined): value is Container {
  return Array.isArray(value) || isJsonObject(value);
}

/** The container that a key or index of another one holds. */
function step(container: Container, key: string): Container | undefined {
  try {
    const value = read({ container, key });
    return isContainer(value) ? value : undefined;
  } catch (error) {
    if (error instanceof StepError) return undefined;
    throw error;
  }
}

function read({ container, key }: Place): JsonValue {
  if (Array.isArray(container)) return container[indexOf(container, key)] ?? null;
  return getOwn(container, key) ?? null;
}

function insert({ container, key }: Place, value: JsonValue): void {
  if (!Array.isArray(container)) {
    setOwn(container, key, value);
    return;
  }
  if (key === '-') {
    container.push(value);
    return;
  }
  const index = parseIndex(key, `value was not a proper array index: '${key}': `);
  const size = container.length + 1;
  if (index >= size || index < -size) throw invalidIndex(index);
  container.splice(index < 0 ? index + size : index, 0, value);
}

function erase({ container, key }: Place): void {
  if (Array.isArray(container)) {
    container.splice(indexOf(container, key), 1);
    return;
  }
  if (getOwn(container, key) === undefined) throw new StepError(`Unable to remove nonexistent key: ${key}: missing value`);
  delete container[key];
}

/** The index of an existing item; negative ones count from the end. */
function indexOf(list: JsonArray, key: string): number {
  const index = parseIndex(key);
  if (index >= list.length || index < -list.length) throw invalidIndex(index);
  return index < 0 ? index + list.length : index;
}

function parseIndex(key: string, prefix = ''): number {
  if (/^[+-]?[0-9]{1,15}$/.test(key)) return Number(key);
  const problem = /^[+-]?[0-9]+$/.test(key) ? 'value out of range' : 'invalid syntax';
  throw new StepError(`${prefix}strconv.Atoi: parsing ${JSON.stringify(key)}: ${problem}`);
}

function invalidIndex(index: number): StepError {
  return new StepError(`Unable to access invalid index: ${index}: invalid index referenced`);
}

function decodeToken(token: string): string {
  return token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token;
}
