/** @file Noise: drawn by the arena alone, and every sample has its own. */
import { drawSpec } from "../arena/check-variant.js";
import { VIEW_BATCH, type Game } from "../arena/game.js";
import { SAMPLES, viewProgram } from "../arena/view-program.js";
import { SCALARS } from "../arena/step.js";
import type { DataSource } from "../contracts/dataset.js";
import type { Engine } from "../contracts/engine.js";
import { float32, type HostTensor, type HostTensors } from "../contracts/tensors.js";
import type { Draw, Phase } from "../contracts/variant.js";
import type { AnyVariant } from "../di.js";
import { stream } from "../random/index.js";
import { drawsByItself, noisePerBatch, samplesAlike, samplesCoupled } from "./errors.js";
import { copyOf, type Scene } from "./scene.js";

/** Values that take the place of one row; several, for a row may be compared with a threshold. */
const ATTEMPTS = 6;

const isNoise = (draw: Draw | undefined): draw is Extract<Draw, { kind: "normal" | "uniform" }> =>
  draw?.kind === "normal" || draw?.kind === "uniform";

/** The variant, but a loss or a view that draws by itself is an error. */
export function watchingForRandom(variant: AnyVariant): AnyVariant {
  const guarded = <T>(where: string, body: () => T): T => {
    const { random } = Math;
    let called = false;
    Math.random = () => ((called = true), random());
    let result: T;
    try {
      result = body();
    } finally {
      Math.random = random;
    }
    if (called) throw drawsByItself(where);
    return result;
  };
  const watched = (phase: Phase): Phase => ({
    ...phase,
    loss: (nets, inputs, memory) => guarded(`${variant.name}/${phase.name}`, () => phase.loss(nets, inputs, memory)),
  });
  return {
    ...variant,
    phases: (config, data) => variant.phases(config, data).map(watched),
    views: (config, data) =>
      variant.views(config, data).map((view) => ({
        ...view,
        render: (nets, inputs) => guarded(`${variant.name}/${view.name}`, () => view.render(nets, inputs)),
      })),
  };
}

/**
 * Changes the noise of one sample at a time, and sees whether the terms notice.
 * @throws GanError BAD_PLUGIN when only one row of a draw matters
 */
export async function expectNoisePerSample(scene: Scene): Promise<void> {
  const { game, state } = scene;
  for (const [index, { phase }] of game.phases.entries()) {
    const before = await state.read();
    await scene.play(index);
    const after = await state.read();
    const drawn = scene.drawn(index);
    const scalars = async (inputs: HostTensors): Promise<string> => {
      await state.write(before);
      return Array.from((await scene.evaluate(index, inputs))[SCALARS].data).join();
    };
    const plain = await scalars(drawn);
    for (const [name, draw] of Object.entries(phase.draws)) {
      if (!isNoise(draw)) continue;
      let noticed = 0;
      for (let row = 0; row < game.batchSize && noticed < 2; row++)
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const changed = { ...drawn, [name]: withRow(drawn[name], row, fresh(draw, attempt, drawn[name])) };
          if ((await scalars(changed)) === plain) continue;
          noticed++;
          break;
        }
      // None at all is a draw that this config does not use.
      if (noticed === 1) throw noisePerBatch(`${game.variant}/${phase.name}`, name, game.batchSize);
    }
    await state.write(after);
  }
}

/** The first view, which metrics judge: sample i is made of row i of its noise. @throws GanError BAD_PLUGIN */
export async function expectViewPerSample(
  { game, state }: Scene,
  { engine, data }: { readonly engine: Engine; readonly data: DataSource },
): Promise<void> {
  const [plan] = game.views;
  const where = `${game.variant}/${plan.view.name}`;
  const noises = Object.entries(plan.view.draws).filter(([, draw]) => isNoise(draw));
  if (noises.length === 0 || plan.output.shape[0] !== VIEW_BATCH) return;
  const program = await engine.compile(...(Object.values(viewProgram(game, plan)) as Parameters<Engine["compile"]>));
  try {
    const render = async (inputs: HostTensors): Promise<HostTensor> =>
      copyOf(await program.run(inputs, state))[SAMPLES];
    const inputs = viewInputs(game, data);
    const plain = await render(inputs);
    const row = 1;
    let noticed = 0;
    for (const [name, draw] of noises) {
      if (!isNoise(draw)) continue;
      const changed = await render({ ...inputs, [name]: withRow(inputs[name], row, fresh(draw, 0, inputs[name])) });
      const moved = rowsThatDiffer(plain, changed);
      if (moved.some((other) => other !== row)) throw samplesCoupled(where, name);
      noticed += moved.length;
    }
    if (noticed === 0) throw samplesAlike(where, noises[0][0]);
  } finally {
    await program.dispose();
  }
}

function viewInputs({ views: [plan], data: spec }: Game, data: DataSource): HostTensors {
  const real = data.batch({ seed: 1, position: 0 }, VIEW_BATCH);
  return Object.fromEntries(
    Object.entries(plan.view.draws).map(([name, draw]): [string, HostTensor] => {
      if (draw.kind === "batch") return [name, real[draw.field]];
      if (draw.kind === "replay") return [name, float32(plan.draws[name].shape)];
      const { shape, dtype } = drawSpec(draw, spec, VIEW_BATCH);
      if (draw.kind === "cycle")
        return [name, { shape, dtype, data: Int32Array.from({ length: VIEW_BATCH }, (_, i) => i % draw.size) }];
      const blank = float32(shape);
      return [name, { ...blank, data: valuesOf(draw, 0, name, blank.data) }];
    }),
  );
}

function valuesOf(
  draw: Extract<Draw, { kind: "normal" | "uniform" }>,
  counter: number,
  name: string,
  out: Float32Array,
): Float32Array {
  const random = stream(11, `testing/${name}`);
  if (draw.kind === "normal") return random.normal(counter, out);
  return random.uniform(counter, out).map((u) => draw.low + u * (draw.high - draw.low));
}

/** Other values for one row of a draw. */
const fresh = (
  draw: Extract<Draw, { kind: "normal" | "uniform" }>,
  attempt: number,
  { shape, data }: HostTensor,
): Float32Array => valuesOf(draw, attempt + 1, "row", new Float32Array(data.length / shape[0]));

function withRow(tensor: HostTensor, row: number, values: Float32Array): HostTensor {
  const data = tensor.data.slice();
  data.set(values, row * values.length);
  return { ...tensor, data };
}

function rowsThatDiffer(a: HostTensor, b: HostTensor): number[] {
  const [n] = a.shape;
  const size = a.data.length / n;
  return Array.from({ length: n }, (_, i) => i).filter((row) =>
    a.data.subarray(row * size, (row + 1) * size).some((value, i) => !closeTo(value, b.data[row * size + i])),
  );
}

/** Samples of a batch are computed apart, but a kernel may sum them in another order. */
const closeTo = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));
