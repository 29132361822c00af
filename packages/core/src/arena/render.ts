/** @file Draws views: pictures for people, samples for metrics. */
import type { DataSource } from "../contracts/dataset.js";
import type { Engine, Program, State } from "../contracts/engine.js";
import { float32, type HostTensor } from "../contracts/tensors.js";
import type { Draw, View } from "../contracts/variant.js";
import { badConfig, unknownName } from "../errors.js";
import { stream, type RandomStream } from "../random/index.js";
import { VIEW_BATCH, type Game, type ViewPlan } from "./game.js";
import { emptyDraws, fillCycle, fillNoise, takeFields } from "./inputs.js";
import { SAMPLES, viewProgram } from "./view-program.js";

export interface RenderRequest {
  /** Default: the first view. */
  readonly view?: string;
  /** Number of draws; a view may return several samples for each. */
  readonly n: number;
  readonly seed: number;
  /** First half of the names of the random streams; other names give other samples. */
  readonly name: string;
  /** Seed of the order in which real samples are drawn, if the view draws any. */
  readonly dataSeed?: number;
  /** Normal noise stays within [-truncate, truncate]; the truncation trick of Brock et al. 2019, arXiv:1809.11096, Sec. 3.1. */
  readonly truncate?: number;
}

/** Draws the views of a game from its state. Sample i is the same whatever number of samples is asked for. */
export class Renderer {
  private readonly programs = new Map<string, Program>();

  constructor(
    private readonly options: {
      readonly game: Game;
      readonly engine: Engine;
      readonly state: State;
      /** Where views that translate real samples get them from. */
      readonly data: DataSource;
    },
  ) {}

  /** @throws GanError UNKNOWN_NAME when there is no such view; BAD_CONFIG when n or truncate make no sense */
  async render({ view, n, seed, name, dataSeed = seed, truncate }: RenderRequest): Promise<HostTensor> {
    if (!Number.isInteger(n) || n < 1)
      throw badConfig("render", `the number of samples must be a whole number from 1 on, got ${n}; ask for at least one`);
    if (truncate !== undefined && !(truncate > 0))
      throw badConfig("render", `truncate must be a number above 0, got ${truncate}; leave it out to truncate nothing`);
    const plan = this.plan(view);
    const program = await this.program(plan);
    const perDraw = plan.output.shape[0] / VIEW_BATCH;
    const shape = [n * perDraw, ...plan.output.shape.slice(1)];
    const samples = float32(shape);
    const inputs = emptyDraws(plan.view.draws, plan.draws);
    const streams = Object.fromEntries(
      Object.keys(plan.view.draws).map((draw) => [draw, stream(seed, `${name}/${draw}`)]),
    );
    for (let chunk = 0, filled = 0; filled < samples.data.length; chunk++) {
      for (const [draw, spec] of Object.entries(plan.view.draws))
        fillDraw(spec, { random: streams[draw], chunk, truncate }, inputs[draw]);
      if (Object.values(plan.view.draws).some((draw) => draw.kind === "batch")) {
        const cursor = { seed: dataSeed, position: chunk * VIEW_BATCH };
        takeFields(this.options.data, plan.view.draws, this.options.data.batch(cursor, VIEW_BATCH), inputs);
      }
      const { data } = (await program.run(inputs, this.options.state))[SAMPLES] as HostTensor & { data: Float32Array };
      samples.data.set(data.subarray(0, samples.data.length - filled), filled);
      filled += data.length;
    }
    return samples;
  }

  /** The first view, which metrics judge. */
  judged(): View {
    return this.options.game.views[0].view;
  }

  /** The views that are drawn while training, each with the number of samples that it gives for one draw. */
  pictured(): { readonly view: View; readonly perDraw: number }[] {
    const { views } = this.options.game;
    const chosen = views.filter(({ view }) => view.pictured);
    return (chosen.length > 0 ? chosen : views.slice(0, 1)).map(({ view, output }) => ({
      view,
      perDraw: output.shape[0] / VIEW_BATCH,
    }));
  }

  async dispose(): Promise<void> {
    for (const program of this.programs.values()) await program.dispose();
    this.programs.clear();
  }

  private plan(name: string | undefined): ViewPlan {
    const { views, variant } = this.options.game;
    const plan = name === undefined ? views[0] : views.find(({ view }) => view.name === name);
    if (!plan) throw unknownName(variant, "view", name ?? "", views.map(({ view }) => view.name));
    return plan;
  }

  private async program(plan: ViewPlan): Promise<Program> {
    const known = this.programs.get(plan.view.name);
    if (known) return known;
    const { fn, signature } = viewProgram(this.options.game, plan);
    const program = await this.options.engine.compile(fn, signature);
    this.programs.set(plan.view.name, program);
    return program;
  }
}

function fillDraw(
  draw: Draw,
  { random, chunk, truncate }: { readonly random: RandomStream; readonly chunk: number; readonly truncate?: number },
  out: HostTensor | undefined,
): void {
  if (draw.kind === "cycle") fillCycle(draw.size, chunk * VIEW_BATCH, out?.data as Int32Array);
  if (draw.kind === "normal" && truncate !== undefined) fillTruncated(random, { chunk, truncate }, out?.data as Float32Array);
  else if (draw.kind === "normal" || draw.kind === "uniform") fillNoise(draw, random, chunk, out?.data as Float32Array);
}

/** Attempts at one batch of truncated noise; with at least half of the proposals taken, the rest is below 1e-70. */
const ATTEMPTS = 256;

/**
 * Normal noise within [-t, t] by rejection: proposals are normal when t > 1, else uniform and taken with
 * probability exp(-x^2 / 2), so at least 60 % are taken for every t.
 */
function fillTruncated(
  random: RandomStream,
  { chunk, truncate: t }: { readonly chunk: number; readonly truncate: number },
  out: Float32Array,
): void {
  const proposals = new Float32Array(out.length);
  const chances = new Float32Array(out.length);
  let open = Array.from(out.keys());
  for (let attempt = 0; attempt < ATTEMPTS && open.length > 0; attempt++) {
    const counter = chunk * ATTEMPTS + attempt;
    if (t > 1) random.normal(counter, proposals);
    else {
      random.uniform(2 * counter, proposals);
      random.uniform(2 * counter + 1, chances);
    }
    open = open.filter((i) => {
      const x = t > 1 ? proposals[i] : t * (2 * proposals[i] - 1);
      const taken = t > 1 ? Math.abs(x) <= t : chances[i] < Math.exp((-x * x) / 2);
      if (taken) out[i] = x;
      return !taken;
    });
  }
}

