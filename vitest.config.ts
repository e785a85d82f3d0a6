import { defineConfig } from 'vitest/config';

// Files share one module graph (isolate: false): the suite is several times faster, and any module state that leaks
// between tests shows up at once.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.system.test.ts'],
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
    // A busy machine is no failure; what hangs still ends.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
