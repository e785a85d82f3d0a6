import { COST } from './cost-factors.ts';
import { LIMIT, exactly, plus, scaled, times } from './cost-estimate.ts';
import type { CallEstimate, CallEstimator, EstimatedNode, SizeRange } from './cost-estimate.ts';
import { CidrValue } from './libraries/cidr.ts';
import { FormatValue } from './libraries/format.ts';
import { IpValue } from './libraries/ip.ts';
import { actualSize, regexSearch, traversal } from './run-time-cost.ts';
import type { RunTimeCost } from './run-time-cost.ts';
import { DYN, isOptional } from './types.ts';
import { CelList, isMap, valueOfKey } from './values.ts';
import type { CelValue } from './values.ts';

/** So that an expression can ask the authorizer twice, and no more. */
const AUTHORIZATION_CHECK = 350_000;

/** Functions that read or step once, whatever they are given. */
const NOMINAL = new Set([
  'serviceAccount', 'path', 'group', 'resource', 'subresource', 'namespace', 'name', 'fieldSelector', 'labelSelector', 'allowed', 'reason', 'error', 'errored',
  'masked', 'prefixLength', 'family', 'isUnspecified', 'isLoopback', 'isLinkLocalMulticast', 'isLinkLocalUnicast', 'isGlobalUnicast', 'format.named', 'sign',
  'asInteger', 'isInteger', 'asApproximateFloat', 'isGreaterThan', 'isLessThan', 'compareTo', 'add', 'sub', 'major', 'minor', 'patch', 'getScheme', 'getHostname',
  'getHost', 'getPort', 'getEscapedPath', 'getQuery',
]);
/** Functions that go through a list, or a string. */
const SEARCHES = new Set(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf']);
/** Functions that parse or copy their first argument. */
const READS = new Set(['url', 'lowerAscii', 'upperAscii', 'substring', 'trim', 'replace', 'split', 'cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver', 'jsonpatch.escapeKey']);
const OPAQUE_EQUAL = new Set(['net.IP', 'net.CIDR', 'kubernetes.Quantity', 'kubernetes.Semver', 'kubernetes.NamedFormat', 'kubernetes.URL']);

function sizeOf(value: CelValue | undefined): number {
  if (value instanceof IpValue || value instanceof CidrValue) return value.size;
  return value === undefined ? 1 : actualSize(value);
}

/** What going through everything inside a value costs. */
function fullTraversal(value: CelValue): number {
  if (typeof value === 'string') return Math.floor(Buffer.byteLength(value) * COST.stringTraversal);
  if (value instanceof CelList) {
    let cost = 0;
    for (let i = 0; i < value.size; i++) cost += fullTraversal(value.get(i));
    return cost;
  }
  if (value !== null && typeof value === 'object' && isMap(value)) {
    let cost = 0;
    for (const key of value.keys()) cost += fullTraversal(key) + fullTraversal(valueOfKey(value, key));
    return cost;
  }
  return 1;
}

function runTimeCost({ name, overloadId, args, result }: Parameters<RunTimeCost['cost']>[0]): number | undefined {
  const [first, second] = args;
  if (NOMINAL.has(name)) return 1;
  if (SEARCHES.has(name)) return first === undefined ? 0 : fullTraversal(first);
  if (READS.has(name)) return traversal(sizeOf(first));
  switch (name) {
    case 'check':
      return AUTHORIZATION_CHECK;
    case 'find':
    case 'findAll':
      return regexSearch(sizeOf(first), sizeOf(second));
    case 'join':
      return traversal(actualSize(result));
    case 'ip':
      return overloadId === 'cidr_ip' ? 1 : traversal(sizeOf(first));
    case 'ip.isCanonical':
      return traversal(2 * sizeOf(first));
    case 'containsIP':
    case 'containsCIDR': {
      const parse = typeof second === 'string' ? traversal(sizeOf(second)) : 0;
      return traversal(Math.min(sizeOf(first), sizeOf(second))) + parse + (name === 'containsCIDR' ? 1 : 0);
    }
    case 'validate':
      return first instanceof FormatValue ? traversal(sizeOf(second)) * Math.ceil(first.patternSize * COST.regexLength) : undefined;
    case 'sets.contains':
    case 'sets.intersects':
      return 1 + sizeOf(first) * sizeOf(second);
    case 'sets.equivalent':
      return 1 + 2 * sizeOf(first) * sizeOf(second);
    case '_==_':
      return first !== null && typeof first === 'object' && 'celType' in first && OPAQUE_EQUAL.has(first.celType.name) ? 1 : undefined;
    default:
      return undefined;
  }
}

const OTHERS = ['check', 'find', 'findAll', 'join', 'ip', 'ip.isCanonical', 'containsIP', 'containsCIDR', 'validate', 'sets.contains', 'sets.intersects', 'sets.equivalent', '_==_'];

/** What Kubernetes charges for calls of its libraries. */
export const kubernetesRunTimeCost: RunTimeCost = {
  functions: new Set([...NOMINAL, ...SEARCHES, ...READS, ...OTHERS]),
  byResult: new Set(['join']),
  cost: runTimeCost,
};

const NOMINAL_ESTIMATE: CallEstimate = { cost: exactly(1) };
/** The longest pattern of a named format. */
const MAX_FORMAT_PATTERN = 128;

type SizeOf = (node: EstimatedNode) => SizeRange;
type Call = Parameters<CallEstimator>[0];

/** The items of a list, as a node of their own. */
function itemsOf(list: EstimatedNode): EstimatedNode | undefined {
  if (list.type.kind !== 'list') return undefined;
  return { path: list.path === undefined ? undefined : [...list.path, '@items'], type: list.type.parameters[0] ?? DYN, size: undefined };
}

function estimateSearch({ target, sizeOf }: Call): CallEstimate | undefined {
  if (target === undefined) return undefined;
  const items = itemsOf(target);
  if (items === undefined) return { cost: scaled(sizeOf(target), COST.stringTraversal) };
  const compares = items.type.kind === 'string' || items.type.kind === 'bytes' ? plus(exactly(1), scaled(sizeOf(items), COST.stringTraversal)) : exactly(1);
  return { cost: times(sizeOf(target), compares) };
}

function estimateReplace({ target, args, sizeOf }: Call): CallEstimate | undefined {
  const [from, to] = args;
  if (target === undefined || from === undefined || to === undefined) return undefined;
  const [text, old, fresh] = [sizeOf(target), sizeOf(from), sizeOf(to)];
  const longest = ((): { count: number; kept: number } => {
    // An empty text is found before and behind every character; what is not made longer keeps its size.
    if (old.min === 0) return { count: Math.min(LIMIT, text.max + 1), kept: text.max };
    if (fresh.max <= old.min) return { count: 0, kept: text.max };
    return { count: Math.ceil(text.max / old.min), kept: text.max % old.min };
  })();
  const shortest = ((): { count: number; kept: number } => {
    if (old.max === 0) return { count: text.min + 1, kept: text.min };
    if (fresh.min < old.max) return { count: Math.ceil(text.min / old.max), kept: text.min % old.max };
    return { count: 0, kept: text.min };
  })();
  const size = plus(times({ min: shortest.count, max: longest.count }, fresh), { min: shortest.kept, max: longest.kept });
  return { cost: scaled(text, 2 * COST.stringTraversal), resultSize: size };
}

function estimateJoin({ target, args, sizeOf }: Call): CallEstimate | undefined {
  if (target === undefined) return undefined;
  const count = sizeOf(target);
  const items = itemsOf(target);
  let size: SizeRange = items === undefined ? exactly(0) : times(count, sizeOf(items));
  const [separator] = args;
  if (separator !== undefined) size = plus(size, times(sizeOf(separator), { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) }));
  return { cost: scaled(size, COST.stringTraversal), resultSize: size };
}

function estimateContains(call: Call): CallEstimate | undefined {
  const [other] = call.args;
  if (call.target === undefined || other === undefined) return undefined;
  // A prefix has 16 bytes at most.
  const compared = scaled({ min: 4, max: 16 }, COST.stringTraversal);
  const parsed = other.type.kind === 'string' ? scaled(call.sizeOf(other), COST.stringTraversal) : exactly(0);
  return { cost: plus(plus(compared, parsed), exactly(call.name === 'containsCIDR' ? 1 : 0)) };
}

function estimateSets(factor: number, [a, b]: readonly EstimatedNode[], sizeOf: SizeOf): CallEstimate | undefined {
  if (a === undefined || b === undefined) return undefined;
  return { cost: plus(exactly(1), scaled(times(sizeOf(a), sizeOf(b)), factor)), resultSize: exactly(1) };
}

/** What Kubernetes expects calls of its libraries to cost at most. */
export const kubernetesCallEstimate: CallEstimator = (call) => {
  const { name, overloadId, target, args, sizeOf } = call;
  const [first, second] = args;
  if (NOMINAL.has(name)) return NOMINAL_ESTIMATE;
  if (SEARCHES.has(name)) return estimateSearch(call);
  switch (name) {
    case 'check':
      return { cost: exactly(AUTHORIZATION_CHECK) };
    case 'url':
      return first === undefined ? undefined : { cost: scaled(sizeOf(first), COST.stringTraversal), resultSize: sizeOf(first) };
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return target === undefined ? undefined : { cost: scaled(sizeOf(target), COST.stringTraversal), resultSize: sizeOf(target) };
    case 'jsonpatch.escapeKey':
      return first === undefined ? undefined : { cost: scaled(sizeOf(first), COST.stringTraversal), resultSize: { min: sizeOf(first).min, max: Math.min(LIMIT, 2 * sizeOf(first).max) } };
    case 'replace':
      return estimateReplace(call);
    case 'split': {
      if (target === undefined) return undefined;
      const size = sizeOf(target);
      const limit = typeof second?.constant === 'number' && second.constant >= 0 ? second.constant : size.max;
      return { cost: scaled(size, 2 * COST.stringTraversal), resultSize: { min: 0, max: limit } };
    }
    case 'join':
      return estimateJoin(call);
    case 'find':
    case 'findAll': {
      if (target === undefined || first === undefined) return undefined;
      const text = scaled(plus(sizeOf(target), exactly(1)), COST.stringTraversal);
      return { cost: times(text, scaled(sizeOf(first), COST.regexLength)), resultSize: { min: 0, max: sizeOf(target).max } };
    }
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return first === undefined ? undefined : { cost: scaled(sizeOf(first), COST.stringTraversal) };
    case 'ip':
      if (overloadId === 'cidr_ip') return NOMINAL_ESTIMATE;
      return first === undefined ? undefined : { cost: scaled(sizeOf(first), COST.stringTraversal) };
    case 'ip.isCanonical':
      return first === undefined ? undefined : { cost: scaled(sizeOf(first), 2 * COST.stringTraversal) };
    case 'containsIP':
    case 'containsCIDR':
      return estimateContains(call);
    case 'validate':
      if (target === undefined || first === undefined) return undefined;
      return { cost: times(scaled(sizeOf(first), COST.stringTraversal), exactly(Math.ceil(MAX_FORMAT_PATTERN * COST.regexLength))) };
    case 'sets.contains':
    case 'sets.intersects':
      return estimateSets(1, args, sizeOf);
    case 'sets.equivalent':
      return estimateSets(2, args, sizeOf);
    case '_==_':
      return first !== undefined && first.type.kind === 'opaque' && !isOptional(first.type) && OPAQUE_EQUAL.has(first.type.name) ? NOMINAL_ESTIMATE : undefined;
    default:
      return undefined;
  }
};
