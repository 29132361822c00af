/**
 * @file Where the time of one step goes, by ONNX op and by node, from ONNX Runtime's own profile.
 *
 *     node benchmarks/profile.mjs <case> [--steps 5] [--threads n] [--nodes 15] [--phase name] [--json]
 *
 * Profiling itself costs a few microseconds a node, so steps of small networks look slower here than they are.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { OnnxEngine } from "@gan-arena/engine";
// How a session is made is the engine's own affair, and so is its profile: these two are not in its public surface.
import { OnnxProgram } from "../packages/engine/dist/runtime/program.js";
import { trace } from "../packages/engine/dist/trace/trace.js";
import { caseByName } from "./cases/index.mjs";
import { positive, runCommandLine } from "./lib/command.mjs";
import { BareGame } from "./lib/bare-game.mjs";
import { describeMachine } from "./lib/machine.mjs";
import { summarise, timedNodes } from "./lib/ort-profile.mjs";

function readOptions() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      steps: { type: "string", default: "5" },
      threads: { type: "string" },
      nodes: { type: "string", default: "15" },
      phase: { type: "string", default: "" },
      json: { type: "boolean", default: false },
    },
  });
  const played = caseByName(positionals[0] ?? "");
  return {
    played,
    threads: values.threads === undefined ? played.threads : positive("threads", values.threads),
    steps: positive("steps", values.steps),
    most: positive("nodes", values.nodes),
    phase: values.phase,
    json: values.json,
  };
}

async function main({ played, threads, steps, most, phase, json }) {
  const folder = await mkdtemp(join(tmpdir(), "gan-arena-profile-"));
  try {
    const { stepMs, plainMs } = await playProfiled(played, { folder, steps, threads });
    const profiles = (await readProfiles(folder, steps)).filter((profile) => profile.phase.endsWith(phase));
    const nodes = profiles.flatMap((profile) => profile.nodes);
    const result = {
      case: played.name,
      threads,
      machine: describeMachine(),
      stepMs,
      plainMs,
      ...summarise(nodes, steps),
    };
    console.log(json ? JSON.stringify(result, undefined, 2) : format(result, most));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Plays with and without a profile. @returns milliseconds of one step with it and without */
async function playProfiled(played, { folder, steps, threads }) {
  const { variant, data } = await played.open();
  const engine = await OnnxEngine.create({ threads });
  const plain = await BareGame.open({ played, variant, data, engine });
  await plain.run(steps);
  const plainMs = (await plain.run(steps)).ms / steps;
  const compile = (fn, signature) =>
    OnnxProgram.create(trace(fn, signature), signature, {
      policy: engine.policy,
      threads,
      profile: join(folder, signature.name.replaceAll("/", ".")),
    });
  const game = await BareGame.open({ played, variant, data, engine, compile });
  await game.run(2);
  const { ms } = await game.run(steps);
  for (const program of game.programs) program.session.endProfiling();
  return { stepMs: ms / steps, plainMs };
}

/** The nodes of the last `steps` steps of each phase; what was played before them was to get warm. */
async function readProfiles(folder, steps) {
  const profiles = [];
  for (const file of await readdir(folder)) {
    const events = JSON.parse(await readFile(join(folder, file), "utf8"));
    const runs = events.filter(({ name }) => name === "model_run").sort((a, b) => a.ts - b.ts);
    // A profile has one warming round, two more, and `steps` that count, each with the same number of plays.
    const from = runs[Math.round((runs.length * 3) / (steps + 3))].ts;
    profiles.push({ phase: file.replace(/_\d{4}-.*$/, ""), nodes: timedNodes(events, from) });
  }
  return profiles;
}

function format({ case: name, threads, machine, stepMs, plainMs, totalMs, ops, nodes }, most) {
  const share = (ms) => `${((100 * ms) / totalMs).toFixed(1)} %`.padStart(7);
  const row = ({ label, ms, count }) =>
    `${ms.toFixed(3).padStart(10)} ${share(ms)} ${count.toFixed(0).padStart(6)}  ${label}`;
  return [
    `${name} on ${threads} threads of ${machine.cpu}, load ${machine.loadAtStart.toFixed(2)}: ${plainMs.toFixed(2)} ms a step, ` +
      `${stepMs.toFixed(2)} with the profile, ${totalMs.toFixed(2)} of them in nodes`,
    "",
    "   ms/step   share  count  op",
    ...ops.map(row),
    "",
    "   ms/step   share  count  node (op, shapes in and out)",
    ...nodes.slice(0, most).map(row),
  ].join("\n");
}

await runCommandLine(readOptions, main);
