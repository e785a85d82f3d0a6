import { children } from './ast.ts';
import type { Expr } from './ast.ts';

/** Trees are walked recursively from here on. */
const MAX_TREE_DEPTH = 1000;
/** Macros may repeat what they are given, and be nested: what they make of a text is bounded on its own. */
const MAX_TREE_SIZE = 100_000;

/** Whether a tree, counted as it is walked, is neither too deep nor too large. */
export function isWithinBounds(root: Expr): boolean {
  let size = 0;
  const open: (readonly [Expr, number])[] = [[root, 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [expr, depth] = next;
    if (depth > MAX_TREE_DEPTH || ++size > MAX_TREE_SIZE) return false;
    for (const child of children(expr)) open.push([child, depth + 1]);
  }
  return true;
}
