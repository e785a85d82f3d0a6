/**
 * One pass over a JSON document that only looks for what `JSON.parse` would get wrong without a word: keys given twice,
 * integers beyond 2^53, numbers beyond float64, and nesting without bound. It does not judge the grammar: on a malformed
 * document its answer means nothing, and `JSON.parse` refuses the document anyway.
 */

/** Above this many keys an object's keys are kept in a Set, whose hash cannot be steered from outside. */
const LINEAR_KEYS = 16;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The keys of one object: hash, start and end of the first ones, all of them by text once there are many. */
interface Frame {
  readonly hashes: number[];
  readonly starts: number[];
  readonly ends: number[];
  many: Set<string> | undefined;
}

/** True when the document holds nothing that `JSON.parse` would silently get wrong. False may be a false alarm. */
export function isPlainJson(bytes: Buffer, maxDepth: number): boolean {
  const pool: Frame[] = [];
  const stack: (Frame | undefined)[] = [];
  let frame: Frame | undefined;
  let expectKey = false;
  const length = bytes.length;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      const start = i + 1;
      let hash = 0;
      let escaped = false;
      for (i = start; i < length; i++) {
        const char = bytes[i] as number;
        if (char === QUOTE) break;
        if (char === BACKSLASH) {
          escaped = true;
          i++;
        } else {
          hash = (Math.imul(hash, 31) + char) | 0;
        }
      }
      if (expectKey && frame !== undefined) {
        expectKey = false;
        if (escaped || !addKey(frame, { bytes, start, end: i, hash })) return false;
      }
    } else if (byte >= 0x30 && byte <= 0x39) {
      const start = i;
      for (i++; i < length; i++) {
        const char = bytes[i] as number;
        if (char === 0x65 || char === 0x45) return false;
        if (char !== 0x2e && (char < 0x30 || char > 0x39)) break;
      }
      if (i - start > 15) return false;
      i--;
    } else if (byte === COMMA) {
      expectKey = frame !== undefined;
    } else if (byte === OPEN_OBJECT) {
      if (stack.push(frame) > maxDepth) return false;
      frame = pool.pop() ?? { hashes: [], starts: [], ends: [], many: undefined };
      expectKey = true;
    } else if (byte === OPEN_LIST) {
      if (stack.push(frame) > maxDepth) return false;
      frame = undefined;
      expectKey = false;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (frame !== undefined) {
        frame.hashes.length = 0;
        frame.starts.length = 0;
        frame.ends.length = 0;
        frame.many = undefined;
        pool.push(frame);
      }
      frame = stack.pop();
      expectKey = false;
    }
  }
  return true;
}

interface Key {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly hash: number;
}

/** False when the object already holds the key. */
function addKey(frame: Frame, key: Key): boolean {
  const { hashes, starts, ends } = frame;
  const { bytes, start, end, hash } = key;
  if (frame.many !== undefined) {
    const text = bytes.toString('latin1', start, end);
    if (frame.many.has(text)) return false;
    frame.many.add(text);
    return true;
  }
  const count = hashes.length;
  for (let i = 0; i < count; i++) {
    if (hashes[i] === hash) return false;
  }
  hashes.push(hash);
  starts.push(start);
  ends.push(end);
  if (count + 1 > LINEAR_KEYS) {
    frame.many = new Set(starts.map((from, i) => bytes.toString('latin1', from, ends[i])));
  }
  return true;
}
