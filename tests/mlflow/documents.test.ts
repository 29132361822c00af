/** @file The examples of the client's README, run as they are printed. Needs a build. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { collect, MlflowClient } from "mlflow-js-client";
import { start, suiteFolder } from "../support/command.js";
import { blocksOf } from "../support/documents.js";
import { ROOT } from "../support/repository.js";
import { mlflowMissing, useServer, VERSIONS } from "./support.js";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe.skipIf(mlflowMissing())("packages/mlflow-js-client/README.md", () => {
  const server = useServer(VERSIONS[1]);
  const folder = suiteFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(ROOT, "packages", "mlflow-js-client"), join(folder, "node_modules", "mlflow-js-client"), "junction");
  for (const block of blocksOf("packages/mlflow-js-client/README.md"))
    if (block.kind === "file") writeFileSync(join(folder, block.file), block.text);
  writeFileSync(join(folder, "a.png"), PNG);
  const play = (...words: string[]) =>
    start(process.execPath, words, { cwd: folder, env: { MLFLOW_TRACKING_URI: server.url } }).ended;

  it("the run is written and its history printed, then the picture", async () => {
    const run = await play("run.mjs");
    expect({ ...run, stderr: "" }).toEqual({ code: 0, signal: null, stdout: "1000 93.5\n2000 41.25\n", stderr: "" });
    const client = new MlflowClient({ trackingUri: server.url });
    const { experimentId = "" } = (await client.experiments.getByName("digits")) ?? {};
    const [written] = await collect(client.runs.search({ experimentIds: [experimentId] }));
    client.close();
    expect(written?.info.status).toBe("FINISHED");
    const picture = await play("samples.mjs", written?.info.runId ?? "", "3", "a.png");
    expect(picture.stdout).toBe("samples/generated 3\n");
  });
});
