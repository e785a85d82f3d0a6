import { walk } from './ast.ts';
import type { Expr } from './ast.ts';
import type { LiteralCheck } from './functions.ts';
import type { Issue } from './source.ts';

/** Problems with constant arguments that could never work when the expression runs. */
export function checkLiterals(expr: Expr, checks: readonly LiteralCheck[]): readonly Issue[] {
  const issues: Issue[] = [];
  if (checks.length === 0) return issues;
  walk(expr, (node) => {
    if (node.kind !== 'call') return;
    for (const check of checks) {
      if (check.functionName !== node.name) continue;
      // A function that may also be called on its first argument: what is left is the same either way.
      const argument = node.target === undefined && node.args.length > 1 ? node.args[check.argument + 1] : node.args[check.argument];
      if (argument?.kind !== 'literal') continue;
      const message = check.check(argument.value);
      if (message !== undefined) issues.push({ message, offset: argument.offset });
    }
  });
  return issues;
}
