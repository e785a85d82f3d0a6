/** One block of a PEM text. */
export interface PemBlock {
  readonly type: string;
  readonly hasHeaders: boolean;
  readonly bytes: Uint8Array;
}

/** `block` is absent where nothing that is well formed follows; `rest` is what stands behind the block. */
export interface PemReading {
  readonly block?: PemBlock;
  readonly rest: string;
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Bounds on the work that a text made for it can cause: headers of a block, and blocks that are not well formed. */
const MAX_HEADERS = 64;
const MAX_MALFORMED = 1000;

/**
 * The next block of a PEM text, read as Go's encoding/pem does: what stands around blocks is skipped, and so are blocks
 * that are not well formed, a thousand at most. The time is linear in the text.
 */
export function decodePem(text: string): PemReading {
  let end = -1;
  let at = nextLineStarting(text, BEGIN, 0);
  for (let skipped = 0; at >= 0 && skipped <= MAX_MALFORMED; skipped++, at = nextLineStarting(text, BEGIN, at + 1)) {
    const line = lineAt(text, at).trimEnd();
    if (!line.endsWith(DASHES) || line.length < BEGIN.length + DASHES.length) continue;
    const headers = readHeaders(text, afterLine(text, at));
    if (headers === undefined) continue;
    // The next end only moves on, so that the text is searched once for all blocks that begin.
    if (end < headers.at) end = nextLineStarting(text, END, headers.at);
    if (end < 0) break;
    const type = line.slice(BEGIN.length, -DASHES.length);
    const bytes = readBody(text, { from: headers.at, end, type });
    if (bytes !== undefined) return { block: { type, hasHeaders: headers.count > 0, bytes }, rest: text.slice(afterLine(text, end)) };
  }
  return { rest: text };
}

function readBody(text: string, block: { readonly from: number; readonly end: number; readonly type: string }): Uint8Array | undefined {
  if (lineAt(text, block.end).trimEnd() !== `${END}${block.type}${DASHES}`) return undefined;
  if (text.indexOf('-', block.from) < block.end) return undefined;
  const body = text.slice(block.from, block.end).replace(/[ \t\r\n]/g, '');
  return body.length % 4 === 0 && BASE64.test(body) ? Buffer.from(body, 'base64') : undefined;
}

/** Lines with a colon, directly behind the first line. */
function readHeaders(text: string, from: number): { readonly at: number; readonly count: number } | undefined {
  let at = from;
  for (let count = 0; count <= MAX_HEADERS; count++) {
    if (at >= text.length || !lineAt(text, at).includes(':')) return { at, count };
    at = afterLine(text, at);
  }
  return undefined;
}

/** Where the next line that starts so begins, at or behind `from`; -1 when there is none. */
function nextLineStarting(text: string, start: string, from: number): number {
  for (let at = text.indexOf(start, from); at >= 0; at = text.indexOf(start, at + 1)) {
    if (at === 0 || text[at - 1] === '\n') return at;
  }
  return -1;
}

function lineAt(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.slice(at) : text.slice(at, end);
}

function afterLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
