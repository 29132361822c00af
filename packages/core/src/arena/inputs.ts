/** @file Makes the inputs of plays: noise, real samples, replayed samples. Every value is a function of seed and counters. */
import type { DataSource } from "../contracts/dataset.js";
import { float32, sizeOf, type HostTensor, type HostTensors, type TensorSpec } from "../contracts/tensors.js";
import type { Draw } from "../contracts/variant.js";
import { badPlugin } from "../errors.js";
import { stream, type RandomStream } from "../random/index.js";
import { drawsBatch, HYPER } from "./check-variant.js";
import { servedOtherwise } from "./errors.js";
import type { PhasePlan } from "./game.js";
import { ReplayPool } from "./replay-pool.js";

type Noise = Extract<Draw, { kind: "normal" | "uniform" }>;

/** Fills `out` with draw number `counter` of a noise. */
export function fillNoise(draw: Noise, random: RandomStream, counter: number, out: Float32Array): void {
  if (draw.kind === "normal") {
    random.normal(counter, out);
    return;
  }
  random.uniform(counter, out);
  const width = draw.high - draw.low;
  if (draw.low !== 0 || width !== 1) for (let i = 0; i < out.length; i++) out[i] = draw.low + width * out[i];
}

/** Fills `out` with labels of a cycle, of which `first` samples were drawn before. */
export function fillCycle(size: number, first: number, out: Int32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (first + i) % size;
}

/** Arrays for all draws that are not fields of the data. */
export const emptyDraws = (
  draws: Readonly<Record<string, Draw>>,
  specs: Readonly<Record<string, TensorSpec>>,
): HostTensors =>
  Object.fromEntries(
    Object.entries(draws).flatMap(([name, { kind }]) => {
      if (kind === "batch") return [];
      const { shape } = specs[name];
      return [[name, kind === "cycle" ? { shape, dtype: "int32", data: new Int32Array(sizeOf(shape)) } : float32(shape)]];
    }),
  );

/**
 * The fields of `draws` out of a real batch.
 * @throws GanError BAD_PLUGIN when the data set does not serve one, or serves it in another shape than it declared
 */
export function takeFields(
  { spec }: DataSource,
  draws: Readonly<Record<string, Draw>>,
  batch: Readonly<Record<string, HostTensor>>,
  into: HostTensors,
): void {
  for (const name in draws) {
    const draw = draws[name];
    if (draw.kind !== "batch") continue;
    const value = batch[draw.field] as HostTensor | undefined;
    if (!value) throw badPlugin(spec.name, `the data set declares the field "${draw.field}" and does not serve it`);
    const declared = spec.fields[draw.field].shape;
    if (value.shape.length !== declared.length + 1 || declared.some((extent, i) => value.shape[i + 1] !== extent))
      throw servedOtherwise(spec.name, draw.field, [value.shape[0], ...declared], value.shape);
    into[name] = value;
  }
}

/** What the next play of a phase is drawn at. */
export interface DrawPoint {
  /** Plays of the phase before this one. */
  readonly play: number;
  /** Place in the stream of real samples. */
  readonly position: number;
}

/** Sets that plays one by one need: what a program reads, and what is drawn for the next play. */
const AHEAD = 2;

/** One set of arrays, and the real batch of which it shows fields. */
interface InputSet {
  readonly inputs: HostTensors;
  real: HostTensors | undefined;
}

/**
 * The inputs of one phase's plays, in sets of arrays that take turns: while a program reads one set, the next play's noise and
 * real samples are drawn into another. Replayed samples and rates wait for the play before.
 */
export class PhaseInputs {
  readonly pools: Readonly<Record<string, ReplayPool>>;
  readonly drawsBatch: boolean;
  private readonly sets: InputSet[] = [];
  private readonly noises: readonly { readonly name: string; readonly draw: Noise; readonly random: RandomStream }[];
  /** How many of the sets take turns. */
  private turns = 0;
  private next = 0;
  private prepared: DrawPoint | undefined;

  constructor(
    private readonly plan: PhasePlan,
    private readonly source: { readonly data: DataSource; readonly seed: number; readonly batchSize: number },
  ) {
    const { phase, draws } = plan;
    this.begin();
    const { seed, batchSize } = source;
    this.drawsBatch = drawsBatch(phase.draws);
    this.noises = Object.entries(phase.draws).flatMap(([name, draw]) =>
      draw.kind === "normal" || draw.kind === "uniform"
        ? [{ name, draw, random: stream(seed, `draw/${phase.name}/${name}`) }]
        : [],
    );
    this.pools = Object.fromEntries(
      Object.entries(phase.draws).flatMap(([name, draw]) => {
        if (draw.kind !== "replay") return [];
        const sampleSize = sizeOf(draws[name].shape) / batchSize;
        const options = { name: `replay/${phase.name}/${name}`, seed, capacity: draw.capacity, batchSize, sampleSize };
        return [[name, new ReplayPool(options)]];
      }),
    );
  }

  /**
   * From here on the inputs of so many plays are valid at once; more or fewer than before begin with the first set. A program
   * of several plays thus finds the same arrays in the same places each time, and an engine can keep tensors of them.
   */
  begin(plays = AHEAD): void {
    const { phase, draws, hyper } = this.plan;
    while (this.sets.length < plays)
      this.sets.push({ inputs: emptySet(phase.draws, draws, hyper.length), real: undefined });
    if (this.turns === plays) return;
    if (this.next !== 0) this.prepared = undefined;
    this.turns = plays;
    this.next = 0;
  }

  /** Draws noise and real samples for the play at `point`, unless that is done already. */
  prepare({ play, position }: DrawPoint): void {
    if (this.prepared?.play === play && this.prepared.position === position) return;
    const set = this.sets[this.next];
    const { inputs } = set;
    const { draws } = this.plan.phase;
    const { data, seed, batchSize } = this.source;
    for (const { name, draw, random } of this.noises) fillNoise(draw, random, play, inputs[name].data as Float32Array);
    for (const name in draws) {
      const draw = draws[name];
      if (draw.kind === "cycle") fillCycle(draw.size, play * batchSize, inputs[name].data as Int32Array);
    }
    if (this.drawsBatch) {
      set.real = data.batch({ seed, position }, batchSize, set.real);
      takeFields(data, draws, set.real, inputs);
    }
    this.prepared = { play, position };
  }

  /**
   * The inputs of the play at `point`, all but the values of `hyper`; valid until as many others were prepared as {@link begin} was told.
   * @param emitted latest batches by source, for replays
   */
  take(point: DrawPoint, emitted: Readonly<Record<string, Float32Array>>): HostTensors {
    this.prepare(point);
    this.prepared = undefined;
    const { inputs } = this.sets[this.next];
    this.next = (this.next + 1) % this.turns;
    for (const name in this.pools) {
      const draw = this.plan.phase.draws[name] as Extract<Draw, { kind: "replay" }>;
      this.pools[name].query(point.play, emitted[draw.source], inputs[name].data as Float32Array);
    }
    return inputs;
  }
}

function emptySet(
  draws: Readonly<Record<string, Draw>>,
  specs: Readonly<Record<string, TensorSpec>>,
  hyperLength: number,
): HostTensors {
  const set = emptyDraws(draws, specs);
  if (hyperLength > 0) set[HYPER] = float32([hyperLength]);
  return set;
}
