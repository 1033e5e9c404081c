import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Two, like the machines that CI runs on: tests start worker threads of their own.
    maxWorkers: 2,
  },
});
