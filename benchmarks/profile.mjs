/**
 * @file Where the time of one step goes, by ONNX op and by node, from ONNX Runtime's own profile.
 *
 *     node benchmarks/profile.mjs <case> [--steps 5] [--threads n] [--nodes 15] [--phase name] [--json]
 *
 * Profiling itself costs a few microseconds a node, so steps of small networks look slower here than they are.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { OnnxEngine } from "@gan-arena/engine";
import { caseByName } from "./cases/index.mjs";
import { positive, runCommandLine } from "./lib/command.mjs";
import { BareGame } from "./lib/bare-game.mjs";
import { describeMachine } from "./lib/machine.mjs";

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
    const { variant, data } = await played.open();
    const rounds = steps * played.cycle;
    const plain = await BareGame.open({ played, variant, data, engine: await OnnxEngine.create({ threads }) });
    await plain.run(rounds);
    const plainMs = (await plain.run(rounds)).ms / rounds;
    const engine = await OnnxEngine.create({ threads, profile: folder });
    const game = await BareGame.open({ played, variant, data, engine });
    await game.run(2 * played.cycle);
    const stepMs = (await game.run(rounds)).ms / rounds;
    // A warming cycle, two more, and `steps` that count.
    const profiles = await engine.profiles(3 / (steps + 3));
    const chosen = profiles.filter(({ program }) => program.endsWith(phase));
    const perStep = chosen.map((profile) => ({ profile, plays: game.plays[profile.program] }));
    const sums = (of) => {
      const groups = new Map();
      for (const { profile, plays } of perStep)
        for (const { label, ms, count } of profile[of]) {
          const group = groups.get(label) ?? { label, ms: 0, count: 0 };
          groups.set(label, { label, ms: group.ms + ms * plays, count: group.count + count * plays });
        }
      return [...groups.values()].sort((a, b) => b.ms - a.ms);
    };
    const [ops, nodes] = [sums("ops"), sums("shapes")];
    const totalMs = ops.reduce((sum, { ms }) => sum + ms, 0);
    const result = { case: played.name, threads, machine: describeMachine(), stepMs, plainMs, totalMs, ops, nodes };
    console.log(json ? JSON.stringify(result, undefined, 2) : format(result, most));
  } finally {
    await rm(folder, { recursive: true });
  }
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
