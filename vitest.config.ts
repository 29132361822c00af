import { defineConfig } from "vitest/config";

/** Tests read the packages' sources, so they need no build; only end-to-end tests run the built command. */
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
