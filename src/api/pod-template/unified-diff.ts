/**
 * The diff that findings about immutable specs carry: both values as indented JSON, compared line by line, shown as
 * unified hunks with three lines of context. Matching follows Ratcliff and Obershelp: the longest common block first, the
 * earliest of equals, then the parts beside it.
 */
const CONTEXT_LINES = 3;
/** Matching takes time that grows with the square of the texts; beyond this the diff is left out. */
const MAX_LINES = 20_000;
/** Lines that make up more than a hundredth of a long text are no anchors for a match. */
const POPULAR_FROM_LINES = 200;

interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}
interface Edit {
  readonly equal: boolean;
  readonly aFrom: number;
  readonly aTo: number;
  readonly bFrom: number;
  readonly bTo: number;
}

/** '' when the two are the same; otherwise hunks, each line ended by a newline. Texts too large to compare are said to be so. */
export function unifiedDiff(before: unknown, after: unknown): string {
  const a = JSON.stringify(before, null, 1).split('\n');
  const b = JSON.stringify(after, null, 1).split('\n');
  if (a.length + b.length > MAX_LINES) return '(the difference is too large to be shown)\n';
  return hunks(edits(matchingBlocks(a, b), a.length, b.length))
    .map((hunk) => formatHunk(hunk, a, b))
    .join('');
}

function formatHunk(hunk: readonly Edit[], a: readonly string[], b: readonly string[]): string {
  const first = hunk[0];
  const last = hunk.at(-1);
  if (first === undefined || last === undefined) return '';
  const lines = [`@@ -${range(first.aFrom, last.aTo)} +${range(first.bFrom, last.bTo)} @@`];
  for (const edit of hunk) {
    if (edit.equal) {
      for (let i = edit.aFrom; i < edit.aTo; i++) lines.push(` ${a[i]}`);
      continue;
    }
    for (let i = edit.aFrom; i < edit.aTo; i++) lines.push(`-${a[i]}`);
    for (let i = edit.bFrom; i < edit.bTo; i++) lines.push(`+${b[i]}`);
  }
  return `${lines.join('\n')}\n`;
}

function range(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return String(from + 1);
  return `${length === 0 ? from : from + 1},${length}`;
}

/** Groups edits with their context; two changes less than twice the context apart share a hunk. */
function hunks(all: readonly Edit[]): Edit[][] {
  const groups: Edit[][] = [];
  let group: Edit[] = [];
  all.forEach((edit, i) => {
    if (!edit.equal) {
      group.push(edit);
      return;
    }
    const length = edit.aTo - edit.aFrom;
    const isFirst = i === 0;
    const isLast = i === all.length - 1;
    if (isFirst) {
      const skip = Math.max(0, length - CONTEXT_LINES);
      group.push({ ...edit, aFrom: edit.aFrom + skip, bFrom: edit.bFrom + skip });
    } else if (isLast || length > 2 * CONTEXT_LINES) {
      const keep = Math.min(length, CONTEXT_LINES);
      group.push({ ...edit, aTo: edit.aFrom + keep, bTo: edit.bFrom + keep });
      groups.push(group);
      group = isLast ? [] : [{ ...edit, aFrom: edit.aTo - CONTEXT_LINES, bFrom: edit.bTo - CONTEXT_LINES }];
    } else {
      group.push(edit);
    }
  });
  if (group.some((edit) => !edit.equal)) groups.push(group);
  return groups.filter((edits) => edits.some((edit) => !edit.equal));
}

function edits(blocks: readonly Block[], aLength: number, bLength: number): Edit[] {
  const list: Edit[] = [];
  let a = 0;
  let b = 0;
  for (const block of [...blocks, { a: aLength, b: bLength, size: 0 }]) {
    if (a < block.a || b < block.b) list.push({ equal: false, aFrom: a, aTo: block.a, bFrom: b, bTo: block.b });
    a = block.a + block.size;
    b = block.b + block.size;
    if (block.size > 0) list.push({ equal: true, aFrom: block.a, aTo: a, bFrom: block.b, bTo: b });
  }
  return list;
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const positions = anchorPositions(b);
  const found: Block[] = [];
  const open: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const [aFrom, aTo, bFrom, bTo] = part;
    const block = longestBlock(a, b, positions, part);
    if (block.size === 0) continue;
    found.push(block);
    open.push([aFrom, block.a, bFrom, block.b], [block.a + block.size, aTo, block.b + block.size, bTo]);
  }
  found.sort((x, y) => x.a - y.a || x.b - y.b);
  const merged: Block[] = [];
  for (const block of found) {
    const last = merged.at(-1);
    if (last && last.a + last.size === block.a && last.b + last.size === block.b) merged.splice(-1, 1, { ...last, size: last.size + block.size });
    else merged.push(block);
  }
  return merged;
}

function anchorPositions(b: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  b.forEach((line, i) => {
    const list = positions.get(line);
    if (list === undefined) positions.set(line, [i]);
    else list.push(i);
  });
  if (b.length >= POPULAR_FROM_LINES) {
    const most = Math.floor(b.length / 100) + 1;
    for (const [line, list] of positions) if (list.length > most) positions.delete(line);
  }
  return positions;
}

function longestBlock(
  a: readonly string[],
  b: readonly string[],
  positions: ReadonlyMap<string, readonly number[]>,
  [aFrom, aTo, bFrom, bTo]: readonly [number, number, number, number],
): Block {
  let best: Block = { a: aFrom, b: bFrom, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = aFrom; i < aTo; i++) {
    const next = new Map<number, number>();
    for (const j of positions.get(a[i] ?? '') ?? []) {
      if (j < bFrom) continue;
      if (j >= bTo) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  return widen(best, a, b, [aFrom, aTo, bFrom, bTo]);
}

/** Lines that are no anchors still belong to the block they touch. */
function widen(block: Block, a: readonly string[], b: readonly string[], [aFrom, aTo, bFrom, bTo]: readonly [number, number, number, number]): Block {
  let { a: i, b: j, size } = block;
  while (i > aFrom && j > bFrom && a[i - 1] === b[j - 1]) {
    i--;
    j--;
    size++;
  }
  while (i + size < aTo && j + size < bTo && a[i + size] === b[j + size]) size++;
  return { a: i, b: j, size };
}
