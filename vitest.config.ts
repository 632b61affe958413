import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Journeys wait for engines and registries more than they compute: one more than Vitest takes on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Files change nothing that another one could see, and to load everything for each takes minutes.
    isolate: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts', 'test/contracts/**/*.test.ts'],
          globalSetup: ['test/journeys/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
