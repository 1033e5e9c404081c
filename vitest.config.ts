import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Patience, for machines that are five times slower; no test is about it.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Two, like the machines that CI runs on: tests start worker threads of their own.
    maxWorkers: 2,
  },
});
