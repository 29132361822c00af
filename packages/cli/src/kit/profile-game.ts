/** @file The compiled programs of a variant as text, with what each op costs on this machine. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openScene } from "@gan-arena/core/testing";
import { OnnxEngine, threadCount, type ProgramProfile, type Share } from "@gan-arena/engine";
import { readAssignment } from "../config/assignment.js";
import type { Outcome } from "../command.js";
import type { Context } from "../context.js";
import { planRun } from "../runs/prepare.js";
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
  const plan = await planRun(context, container, {
    variant: request.variant,
    dataset: request.dataset,
    set: request.set.map((word) => readAssignment(word, "--set")),
    data: [],
    metrics: [],
    options: request.batch === undefined ? {} : { batchSize: request.batch },
  });
  const { variant, config } = plan;
  const { train: data } = plan.data;
  const { batchSize } = plan.options;
  const threads = threadCount(request);
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
    const head = `${variant.name} on ${data.spec.name}, batches of ${batchSize}, ${plural(threads, "thread")}, onnxruntime-node ${versions["onnxruntime-node"] ?? ""}`;
    return {
      document: { variant: variant.name, dataset: data.spec.name, batchSize, threads, versions, programs },
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
