/**
 * @file We, measured as users meet us: the arena trains a variant on the onnx engine, or draws from it.
 *
 *     node arena-worker.mjs <case> [--threads n]
 *
 * `run` lets the arena go on: draws, plays, counters, watching of the terms. `bare` runs the same programs on inputs
 * drawn once, which tells what the arena costs. They are opened first, in a process that has compiled nothing yet, and so
 * tell how long it takes to build them.
 */
import { parseArgs } from "node:util";
import { caseByName } from "../cases/index.mjs";
import { BareGame } from "./bare-game.mjs";
import { GatedArena } from "./gated-arena.mjs";
import { serve } from "./protocol.mjs";
import { SamplingArena } from "./sampling-arena.mjs";
import { OnnxEngine } from "@gan-arena/engine";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { threads: { type: "string" } } });
const played = caseByName(positionals[0]);
const threads = Number(values.threads ?? played.threads);
const { variant, data } = await played.open();
const engine = await OnnxEngine.create({ threads });
const bare = await BareGame.open({ played, variant, data, engine });
const { parameters, build } = bare;
const arena = await { training: GatedArena, sampling: SamplingArena }[played.kind].open({
  played,
  variant,
  data,
  engine,
});

const { versions: runtime, choices } = engine.info;
const versions = { node: process.versions.node, ...runtime, ...choices };
await serve({ versions, parameters, build }, { run: (n) => arena.run(n), bare: (n) => bare.run(n) });
process.exit(0);
