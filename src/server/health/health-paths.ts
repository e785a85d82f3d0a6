import { textResponse, type ApiResponse } from '../http/api-request.ts';
import type { PathCall, PathRouter } from '../pipeline/path-router.ts';

/** One thing that must be well; throws, or rejects, with the reason why it is not. */
export interface HealthCheck {
  readonly name: string;
  check(): void | Promise<void>;
  /** Asked by `/readyz` only, or by all three. */
  readonly scope: 'ready' | 'all';
}

/** Serves `/healthz`, `/livez`, `/readyz`, their verbose forms, and each check on its own. */
export function addHealthPaths(router: PathRouter, checks: readonly HealthCheck[]): void {
  for (const endpoint of ['healthz', 'livez', 'readyz'] as const) {
    const own = checks.filter((c) => c.scope === 'all' || endpoint === 'readyz');
    router.exact(`/${endpoint}`, (call) => all(call, endpoint, own));
    for (const check of own) router.exact(`/${endpoint}/${check.name}`, () => one(check));
  }
}

async function one(check: HealthCheck): Promise<ApiResponse> {
  try {
    await check.check();
    return textResponse(200, 'ok');
  } catch (error) {
    return textResponse(500, `internal server error: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

async function all(call: PathCall, endpoint: string, checks: readonly HealthCheck[]): Promise<ApiResponse> {
  const excluded = new Set(call.query.getAll('exclude'));
  let failed = 0;
  const lines: string[] = [];
  for (const check of checks) {
    if (excluded.delete(check.name)) {
      lines.push(`[+]${check.name} excluded: ok`);
      continue;
    }
    try {
      await check.check();
      lines.push(`[+]${check.name} ok`);
    } catch {
      failed++;
      lines.push(`[-]${check.name} failed: reason withheld`);
    }
  }
  if (excluded.size > 0) lines.push(`warn: some health checks cannot be excluded: no matches for ${[...excluded].map((e) => JSON.stringify(e)).join(', ')}`);
  if (failed > 0) return textResponse(500, `${lines.join('\n')}\n${endpoint} check failed\n`);
  if (!call.query.has('verbose')) return textResponse(200, 'ok');
  return textResponse(200, `${lines.join('\n')}\n${endpoint} check passed\n`);
}
