import { defineConfig } from 'vitest/config';

// What needs Debian's packages (etcd, Python's client, wrk, strace) or minutes. Here a missing tool is a failure.
export default defineConfig({
  test: {
    include: ['src/**/*.system.test.ts', 'test/**/*.system.test.ts'],
    isolate: false,
    pool: 'threads',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
