import { fileURLToPath } from "node:url";
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
          exclude: ["tests/conformance/tfjs-specs/**"],
          setupFiles: ["tests/support/matchers.ts"],
          testTimeout: 120_000,
        },
      },
      {
        // The specs are ES modules of TensorFlow.js, so all of it is loaded in that form; jasmine is played by vitest.
        plugins: [
          {
            name: "jasmine-by-vitest",
            enforce: "pre",
            resolveId: (id) =>
              id.endsWith("/jasmine_util")
                ? fileURLToPath(new URL("tests/conformance/tfjs-specs/jasmine.ts", import.meta.url))
                : undefined,
          },
        ],
        resolve: { conditions: ["source"], mainFields: ["module", "main"] },
        ssr: { resolve: { conditions: ["source"], mainFields: ["module", "main"] } },
        test: {
          name: "tfjs-specs",
          include: ["tests/conformance/tfjs-specs/*.test.ts"],
          server: { deps: { inline: [/@tensorflow/u] } },
          testTimeout: 20_000,
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
          name: "mlflow",
          include: ["tests/mlflow/**/*.test.ts"],
          setupFiles: ["tests/support/matchers.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
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
