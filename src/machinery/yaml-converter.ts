import { isAlias, isMap, isScalar, isSeq, Scalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { quoteGo, formatGoNumber } from './go-format.ts';
import { setOwn, type JsonObject, type JsonValue } from './json.ts';
import { YamlError } from './yaml-error.ts';
import { resolvePlainScalar, type YamlScalar } from './yaml-scalar.ts';

const TAG = 'tag:yaml.org,2002:';
/** Below these an alias bomb has no room. */
const FREE_ALIASES = 100;
const FREE_NODES = 1000;
/** The share of nodes that may come from aliases falls from 99% to 10% between these numbers of nodes. */
const GENEROUS_NODES = 400_000;
const STRICT_NODES = 4_000_000;

type Tree = Node | null | undefined;

/** Turns the nodes of one document into JSON. Aliased values are made anew, so that nothing in the result is shared. */
export class YamlConverter {
  readonly duplicates: string[] = [];
  readonly #lineOf: (offset: number) => number;
  readonly #anchors = new Map<string, Node>();
  /** Aliased nodes that are being converted. */
  readonly #open = new Set<Node>();
  #nodes = 0;
  #aliased = 0;

  constructor(lineOf: (offset: number) => number) {
    this.#lineOf = lineOf;
  }

  convert(node: Tree): JsonValue {
    this.#count();
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#alias(node.source, (target) => this.convert(target));
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    if (isScalar(node)) return jsonScalar(scalarValue(node));
    if (isSeq(node)) return node.items.map((item) => this.convert(item as Tree));
    if (!isMap(node)) throw new YamlError('yaml: did not find expected node content');
    const result: JsonObject = {};
    this.#fill(result, node);
    return result;
  }

  #fill(result: JsonObject, map: YAMLMap): void {
    for (const pair of map.items as Pair<Tree, Tree>[]) {
      if (isMergeKey(pair.key)) {
        this.#merge(result, pair.value);
        continue;
      }
      const key = this.#key(pair.key);
      const value = this.convert(pair.value);
      if (Object.hasOwn(result, key.text)) {
        const at = pair.value?.range?.[0] ?? pair.key?.range?.[0] ?? 0;
        this.duplicates.push(`line ${this.#lineOf(at)}: key ${key.shown} already set in map`);
      }
      setOwn(result, key.text, value);
    }
  }

  /** `<<`: the fields of other maps, where the first of several maps wins. */
  #merge(result: JsonObject, value: Tree): void {
    this.#count();
    if (isAlias(value)) {
      this.#alias(value.source, (target) => {
        if (!isMap(target)) throw wantMap();
        this.#fill(result, target);
      });
    } else if (isMap(value)) {
      this.#fill(result, value);
    } else if (isSeq(value)) {
      for (const item of (value.items as Tree[]).toReversed()) {
        if (!isAlias(item) && !isMap(item)) throw wantMap();
        this.#merge(result, item);
      }
    } else {
      throw wantMap();
    }
  }

  #alias<T>(source: string, use: (target: Node) => T): T {
    const target = this.#anchors.get(source);
    if (target === undefined) throw new YamlError(`yaml: unknown anchor '${source}' referenced`);
    if (this.#open.has(target)) throw new YamlError(`yaml: anchor '${source}' value contains itself`);
    this.#open.add(target);
    try {
      return use(target);
    } finally {
      this.#open.delete(target);
    }
  }

  #count(): void {
    this.#nodes++;
    if (this.#open.size === 0) return;
    this.#aliased++;
    if (this.#aliased > FREE_ALIASES && this.#nodes > FREE_NODES && this.#aliased / this.#nodes > allowedAliasShare(this.#nodes)) {
      throw new YamlError('yaml: document contains excessive aliasing');
    }
  }

  #key(node: Tree): { text: string; shown: string } {
    if (isAlias(node)) return this.#alias(node.source, (target) => this.#key(target));
    if (node !== null && node !== undefined && !isScalar(node)) throw new YamlError('yaml: invalid map key');
    const value = node === null || node === undefined ? null : scalarValue(node);
    if (value === null) throw new YamlError('yaml: unsupported map key of type: invalid, key: <nil>');
    if (typeof value === 'string') return { text: value, shown: quoteGo(value) };
    const text = typeof value === 'number' ? formatKeyNumber(value) : String(value);
    return { text, shown: text };
  }
}

function allowedAliasShare(nodes: number): number {
  const progress = (nodes - GENEROUS_NODES) / (STRICT_NODES - GENEROUS_NODES);
  return 0.99 - 0.89 * Math.min(1, Math.max(0, progress));
}

function wantMap(): YamlError {
  return new YamlError('yaml: map merge requires map or sequence of maps as the value');
}

function isMergeKey(key: Tree): boolean {
  return isScalar(key) && key.value === '<<' && (key.type === Scalar.PLAIN || key.tag === `${TAG}merge`);
}

function scalarValue(node: Scalar): YamlScalar {
  const text = typeof node.value === 'string' ? node.value : '';
  const { tag } = node;
  if (tag === undefined || tag === '') return node.type === Scalar.PLAIN ? resolvePlainScalar(text) : text;
  // Tags of others say nothing to JSON.
  if (!tag.startsWith(TAG)) return text;
  return taggedValue(tag.slice(TAG.length), text);
}

function taggedValue(type: string, text: string): YamlScalar {
  if (type === 'binary') return Buffer.from(text, 'base64').toString();
  const value = resolvePlainScalar(text);
  if (type === 'int' && (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value)))) return value;
  if (type === 'float' && (typeof value === 'bigint' || typeof value === 'number')) return Number(value);
  if (type === 'bool' && typeof value === 'boolean') return value;
  if (type === 'null' && value === null) return value;
  if (['int', 'float', 'bool', 'null'].includes(type)) throw new YamlError(`yaml: cannot decode !!${nameOf(value)} \`${text}\` as a !!${type}`);
  return text;
}

function nameOf(value: YamlScalar): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' || Number.isInteger(value) ? 'int' : 'float';
}

function jsonScalar(value: YamlScalar): JsonValue {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const shown = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    throw new YamlError(`json: unsupported value: ${shown}`);
  }
  return value;
}

function formatKeyNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return formatGoNumber(value);
}
