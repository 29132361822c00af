/**
 * @file Points of metrics written to a real MLflow server from several runs at once: our client beside the Python client.
 *
 *     node benchmarks/mlflow.mjs [--points 1000000] [--runs 8] [--python path] [--json]
 *
 * `gan-arena mlflow --install` makes the environment; --python names another one that has MLflow. Each client gets a fresh
 * server (one worker, SQLite) on this machine, so most of the time is the server's.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { MlflowClient, NodeTransport } from "mlflow-js-client";
import { environmentFolder, mlflowVersion, pythonIn } from "../packages/cli/dist/mlflow/environment.js";
import { startMlflowServer } from "../packages/cli/dist/mlflow/server.js";
import { positive, runCommandLine } from "./lib/command.mjs";
import { describeMachine } from "./lib/machine.mjs";

/** Points that a writer hands over at once, as a trainer's queue would. */
const CHUNK = 5000;

function readOptions() {
  const { values } = parseArgs({
    options: {
      points: { type: "string", default: "1000000" },
      runs: { type: "string", default: "8" },
      python: { type: "string", default: pythonIn(environmentFolder()) },
      json: { type: "boolean", default: false },
    },
  });
  const runs = positive("runs", values.runs);
  return {
    perRun: Math.ceil(positive("points", values.points) / runs),
    runs,
    python: values.python,
    json: values.json,
  };
}

/** Eight writers in one process; requests are counted where they leave. */
async function ours({ url, perRun, runs }) {
  const requests = { count: 0 };
  const client = new MlflowClient({ trackingUri: url, transport: counting(requests), timeoutMs: 120_000 });
  const ids = await newRuns(client, runs);
  requests.count = 0;
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  await Promise.all(
    ids.map(async (id) => {
      for (let from = 0; from < perRun; from += CHUNK)
        await client.runs.logBatch(id, { metrics: points(from, Math.min(perRun, from + CHUNK)) });
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const result = {
    requests: requests.count,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    stored: await count(client, ids),
  };
  client.close();
  return result;
}

/** The same by Python: a thread per run, batches of 1000 made by hand, for its client does not split. */
async function theirs({ url, perRun, runs, python }) {
  const client = new MlflowClient({ trackingUri: url, timeoutMs: 120_000 });
  const ids = await newRuns(client, runs);
  const child = spawn(python, ["-c", PYTHON, url, String(perRun), ...ids], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" },
  });
  const result = { ...JSON.parse(await text(child.stdout)), stored: await count(client, ids) };
  client.close();
  return result;
}

const PYTHON = `
import json, resource, sys, time
from concurrent.futures import ThreadPoolExecutor
import mlflow
from mlflow.entities import Metric
url, per_run, ids = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
client = mlflow.MlflowClient(url)
requests = [0] * len(ids)
def write(writer):
    for start in range(0, per_run, 1000):
        batch = [Metric("loss", step / 7, 1700000000000 + step, step) for step in range(start, min(per_run, start + 1000))]
        client.log_batch(ids[writer], metrics=batch)
        requests[writer] += 1
usage = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
cpu, begin = usage(), time.perf_counter()
with ThreadPoolExecutor(len(ids)) as pool:
    list(pool.map(write, range(len(ids))))
print(json.dumps({"requests": sum(requests), "seconds": time.perf_counter() - begin, "cpuSeconds": usage() - cpu}))
`;

const points = (from, to) =>
  Array.from({ length: to - from }, (_, i) => ({
    key: "loss",
    value: (from + i) / 7,
    step: from + i,
    timestamp: 1_700_000_000_000 + from + i,
  }));

async function newRuns(client, runs) {
  const { experimentId } = await client.experiments.ensure({ name: "benchmark" });
  const made = [];
  for (let i = 0; i < runs; i++)
    made.push((await client.runs.create({ experimentId, name: `writer ${i}` })).info.runId);
  return made;
}

/** What the server has in the end: a fast client that loses points is not fast. */
async function count(client, ids) {
  let stored = 0;
  for (const id of ids)
    for await (const { step } of client.metrics.history(id, "loss", { pageSize: 50_000 })) stored += Number(step >= 0);
  return stored;
}

function counting(requests) {
  const transport = new NodeTransport();
  return {
    send(request) {
      requests.count++;
      return transport.send(request);
    },
    close: () => transport.close(),
  };
}

async function main(options) {
  const { perRun, runs, python, json } = options;
  const versions = { mlflow: await mlflowVersion(python), node: process.versions.node };
  const machine = describeMachine();
  const results = {};
  for (const [name, contestant] of Object.entries({ "mlflow-js-client": ours, "Python client": theirs })) {
    const folder = await mkdtemp(join(tmpdir(), "gan-arena-benchmark-"));
    const server = await startMlflowServer({ python, folder, port: 0 });
    try {
      console.error(`${name}: ${perRun * runs} points from ${runs} runs`);
      results[name] = await contestant({ url: server.url, perRun, runs, python });
      console.error(`${name}: ${results[name].seconds.toFixed(1)} s`);
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
  if (json) console.log(JSON.stringify({ machine, versions, points: perRun * runs, runs, results }, undefined, 2));
  else console.log(asText({ machine, versions, perRun, runs, results }));
}

function asText({ machine, versions, perRun, runs, results }) {
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, Node.js ${versions.node}, MLflow ${versions.mlflow}, load ${machine.loadAtStart.toFixed(1)}`,
    `${perRun * runs} points from ${runs} runs`,
    "",
    `${"client".padEnd(18)}${["requests", "seconds", "points/s", "CPU s", "stored"].map((head) => head.padStart(10)).join("")}`,
  ];
  for (const [name, { requests, seconds, cpuSeconds, stored }] of Object.entries(results)) {
    const cells = [requests, seconds.toFixed(1), Math.round((perRun * runs) / seconds), cpuSeconds.toFixed(1), stored];
    lines.push(`${name.padEnd(18)}${cells.map((cell) => String(cell).padStart(10)).join("")}`);
  }
  return lines.join("\n");
}

await runCommandLine(readOptions, main);
