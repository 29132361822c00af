/** @file The compiled programs of a variant as text, with what each op costs on this machine. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DATASET, named, VARIANT } from "@gan-arena/core/base";
import { openScene } from "@gan-arena/core/testing";
import { OnnxEngine, type ProgramProfile, type Share } from "@gan-arena/engine";
import { readAssignment } from "../config/assignment.js";
import { assignAll } from "../config/assignments.js";
import type { Outcome } from "../command.js";
import type { Context } from "../context.js";
import { plural } from "../terminal/format.js";

export interface ProfileRequest {
  readonly variant: string;
  readonly dataset: string;
  readonly set: readonly string[];
  readonly batch: number | undefined;
  /** 0 = as many as there are cores. */
  readonly threads: number;
}

interface ProfiledProgram extends ProgramProfile {
  /** Of this many operations a second, in thousand millions. */
  readonly gflops: number;
  readonly listing: string;
}

const WARM = 3;
const PLAYS = 10;

/** @throws GanError UNKNOWN_NAME, BAD_CONFIG, BAD_PLUGIN, MISSING_DEPENDENCY */
export async function profileGame(context: Context, request: ProfileRequest): Promise<Outcome> {
  const container = await context.compose(["variants", "datasets"]);
  const variant = named(container, VARIANT, request.variant, "variant");
  const dataset = named(container, DATASET, request.dataset, "data set");
  const assignments = request.set.map((word) => readAssignment(word, "--set"));
  const config = assignAll(variant.config, assignments, "--set") as unknown;
  const { home, output } = context;
  const { train: data } = await dataset.open(dataset.config.parse({}), { home, note: (text) => output.note(text) });
  const batchSize = request.batch ?? variant.defaults?.(config, data.spec).batchSize ?? 64;
  const { availableParallelism } = await import("node:os");
  const threads = request.threads || availableParallelism();
  const profile = await mkdtemp(join(tmpdir(), "gan-arena-profile-"));
  const engine = await OnnxEngine.create({ threads, profile });
  try {
    const scene = await openScene({ variant, config, data, engine, batchSize, withGradients: false });
    for (let play = 0; play < WARM + PLAYS; play++)
      for (const index of scene.game.phases.keys()) await scene.play(index);
    const listings = new Map(
      scene.programs.flatMap(({ program }) => (program ? [[program.signature.name, String(program)]] : [])),
    );
    const programs = (await engine.profiles(WARM / (WARM + PLAYS))).map((profiled): ProfiledProgram => ({
      ...profiled,
      gflops: profiled.work / profiled.ms / 1e6,
      listing: listings.get(profiled.program) ?? "",
    }));
    await scene.dispose();
    const { versions } = engine.info;
    const head = `${variant.name} on ${dataset.name}, batches of ${batchSize}, ${plural(threads, "thread")}, onnxruntime-node ${versions["onnxruntime-node"] ?? ""}`;
    return {
      document: { variant: variant.name, dataset: dataset.name, batchSize, threads, versions, programs },
      text: [head, ...programs.map(programText)].join("\n\n"),
    };
  } finally {
    await engine.dispose();
    await rm(profile, { recursive: true, force: true });
  }
}

/** So many rows of ops with their shapes are worth reading. */
const MOST = 12;

function programText({ listing, ms, nodes, work, gflops, ops, shapes, runs }: ProfiledProgram): string {
  const inNodes = ops.reduce((sum, op) => sum + op.ms, 0);
  const row = (share: Share) =>
    `${share.ms.toFixed(3).padStart(9)}  ${((100 * share.ms) / inNodes).toFixed(1).padStart(5)} %  ${String(Math.round(share.count)).padStart(5)}  ${share.label}`;
  return [
    listing,
    `cost: ${ms.toFixed(3)} ms a run (mean of ${runs}, profiled), ${inNodes.toFixed(3)} of them in ${plural(nodes, "node")}; ` +
      `${(work / 1e9).toPrecision(3)} GFLOP in products and convolutions, ${gflops.toPrecision(3)} GFLOP/s`,
    "       ms    share  count  op",
    ...ops.map(row),
    `       ms    share  count  op with shapes${shapes.length > MOST ? ` (the ${MOST} most expensive of ${shapes.length})` : ""}`,
    ...shapes.slice(0, MOST).map(row),
  ].join("\n");
}
