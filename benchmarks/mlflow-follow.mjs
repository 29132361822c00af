/**
 * @file What following a run costs the training: the same run with a real MLflow server and without, in turns.
 *
 *     node benchmarks/mlflow-follow.mjs [--rounds 6] [--kimg 8] [--python path] [--json]
 *
 * The run has one thread, so that on two cores the sender and the server have one for themselves, as they would have when they
 * are elsewhere. Times are those of training alone, as `train --json` gives them.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { environmentFolder, mlflowVersion, pythonIn } from "../packages/cli/dist/mlflow/environment.js";
import { startMlflowServer } from "../packages/cli/dist/mlflow/server.js";
import { positive, runCommandLine } from "./lib/command.mjs";
import { describeMachine } from "./lib/machine.mjs";
import { quantile } from "./lib/statistics.mjs";

const COMMAND = fileURLToPath(new URL("../packages/cli/bin/gan-arena.js", import.meta.url));

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "6" },
      kimg: { type: "string", default: "8" },
      python: { type: "string", default: pythonIn(environmentFolder()) },
      json: { type: "boolean", default: false },
    },
  });
  return {
    rounds: positive("rounds", values.rounds),
    kimg: positive("kimg", values.kimg),
    python: values.python,
    json: values.json,
  };
}

/** @returns seconds of training */
async function train(home, kimg, address) {
  const words = `train dcgan --dataset mnist --kimg ${kimg} --threads 1 --metrics swd-pixels2k --metric-kimg ${kimg} --home ${home}`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    COMMAND,
    ...words.split(" "),
    "--mlflow",
    address,
    "--json",
  ]);
  const { seconds, tracking } = JSON.parse(stdout);
  if (address !== "off" && !tracking?.complete) throw new Error(`MLflow lacks some of it: ${tracking?.problem}`);
  return seconds;
}

async function main({ rounds, kimg, python, json }) {
  const machine = describeMachine();
  const versions = { mlflow: await mlflowVersion(python), node: process.versions.node };
  const folder = await mkdtemp(join(tmpdir(), "gan-arena-benchmark-"));
  const server = await startMlflowServer({ python, folder, port: 0 });
  const seconds = { alone: [], followed: [] };
  try {
    await train(join(folder, "home"), kimg, "off");
    for (let round = 0; round < rounds; round++) {
      // Who is first changes, so that a machine that gets slower favours nobody.
      const order = round % 2 === 0 ? ["alone", "followed"] : ["followed", "alone"];
      for (const name of order)
        seconds[name].push(await train(join(folder, "home"), kimg, name === "alone" ? "off" : server.url));
      console.error(
        `round ${round + 1} of ${rounds}: ${seconds.alone.at(-1).toFixed(2)} s alone, ${seconds.followed.at(-1).toFixed(2)} s followed`,
      );
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const ratios = seconds.followed.map((value, i) => value / seconds.alone[i]);
  const result = { machine, versions, seconds, ratio: quantile(ratios, 0.5), ratios };
  const percent = (ratio) => `${((ratio - 1) * 100).toFixed(1)} %`;
  console.log(
    json
      ? JSON.stringify(result, undefined, 2)
      : `followed by MLflow ${versions.mlflow}, a run takes ${percent(result.ratio)} longer (quartiles ${percent(quantile(ratios, 0.25))} to ${percent(quantile(ratios, 0.75))} of ${rounds} pairs)`,
  );
}

await runCommandLine(readOptions, main);
