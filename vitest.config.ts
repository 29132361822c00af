import { defineConfig } from "vitest/config";

/** Unit tests read the packages' sources and need no build; `npm test` builds first, for the tests that run the command. */
const common = { resolve: { conditions: ["source"] }, ssr: { resolve: { conditions: ["source"] } } };

export default defineConfig({
  test: {
    projects: [
      {
        ...common,
        test: { name: "unit", include: ["packages/*/src/**/*.test.ts"], setupFiles: ["tests/support/matchers.ts"] },
      },
      {
        ...common,
        test: {
          name: "conformance",
          include: ["tests/conformance/**/*.test.ts"],
          setupFiles: ["tests/support/matchers.ts"],
          testTimeout: 120_000,
        },
      },
      {
        ...common,
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          setupFiles: ["tests/support/matchers.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        ...common,
        test: {
          name: "slow",
          include: ["tests/slow/**/*.test.ts"],
          setupFiles: ["tests/support/matchers.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
