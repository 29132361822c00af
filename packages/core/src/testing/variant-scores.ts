/** @file Critics return raw scores `[N,1]` or `[N,h,w,1]`: a sigmoid on D is the mistake that is easiest to make. */
import { paramsEntry, statesEntry } from "../arena/entries.js";
import { openGame, pick, type Game } from "../arena/game.js";
import { unpackAll } from "../arena/step.js";
import { initialState } from "../arena/weights.js";
import type { Engine, TensorFunction } from "../contracts/engine.js";
import { float32, sizeOf, type HostTensor, type HostTensors, type TensorSpec } from "../contracts/tensors.js";
import type { Network } from "../contracts/variant.js";
import type { AnyVariant } from "../di.js";
import { bindNetwork } from "../nn/index.js";
import { stream } from "../random/index.js";
import type { SceneOptions } from "./scene.js";
import { squashedScores, wrongShape } from "./errors.js";

/** What a network was first called with, and what it gave. */
interface Call {
  readonly inputs: readonly TensorSpec[];
  readonly output: readonly number[];
}

/** Seeds of weights: raw scores of all of them have one sign once in 2^12 times, if that often. */
const SEEDS = 12;
/** Factors on the parameters: turned round, and so large that a squashed score is at its bound. */
const FACTORS = [1, -1, 100] as const;

/** The variant's critics. */
const criticsOf = (variant: AnyVariant, networks: readonly string[]): readonly string[] =>
  variant.critics ?? networks.filter((name) => name.startsWith("D"));

/** Opens the game and looks at shapes: of scores, and of what metrics judge. @throws GanError BAD_PLUGIN, SHAPE_MISMATCH */
export async function expectShapes(options: SceneOptions): Promise<void> {
  const { variant, data } = options;
  const { game, calls } = await openWatched(options);
  for (const critic of criticsOf(variant, Object.keys(game.networks))) {
    const call = calls.get(critic);
    if (!call) continue;
    const { inputs, output } = call;
    if (output.length < 2 || output.at(-1) !== 1 || output[0] !== inputs[0].shape[0])
      throw wrongShape(
        `${variant.name}/${critic}`,
        "the scores",
        `[N,1], or [N,h,w,1] of a patch critic, with N = ${inputs[0].shape[0]}`,
        output,
        "end the critic with nn.dense(h, 1), without a mean over the batch",
      );
  }
  const [{ view, output }] = game.views;
  const field = view.translates?.to ?? "x";
  const want = data.spec.fields[field].shape;
  if (output.shape.slice(1).join() !== want.join())
    throw wrongShape(
      `${variant.name}/${view.name}`,
      "the first view, which metrics judge,",
      `samples like the real "${field}", [N,${want.join(",")}]`,
      output.shape,
      "let the generator end in the shape of data.fields.x",
    );
}

/** Evaluates each critic under many weights. @throws GanError BAD_PLUGIN when its scores are always within bounds */
export async function expectRawScores(options: SceneOptions): Promise<void> {
  const { variant, engine } = options;
  const { game, calls } = await openWatched(options);
  for (const critic of criticsOf(variant, Object.keys(game.networks))) {
    const call = calls.get(critic);
    if (!call) continue;
    const { lowest, highest, largest } = await scoresOf(critic, call, { game, engine });
    if (lowest >= 0 && highest <= 1) throw squashedScores(`${variant.name}/${critic}`, "sigmoid");
    if (largest <= 1 && largest > 0.999) throw squashedScores(`${variant.name}/${critic}`, "tanh");
  }
}

async function scoresOf(
  critic: string,
  { inputs }: Call,
  { game, engine }: { readonly game: Game; readonly engine: Engine },
): Promise<{ lowest: number; highest: number; largest: number }> {
  const spec = pick(game.stateSpec, [paramsEntry(critic), statesEntry(critic)]);
  const fn: TensorFunction = (drawn, state) => {
    const of = (kind: "params" | "states") => unpackAll(game, [critic], { state, kind })[critic] ?? [];
    const bound = { layout: game.layouts[critic], params: of("params"), states: of("states"), training: true };
    return {
      outputs: { score: bindNetwork(game.networks[critic], bound)(...inputs.map((_, i) => drawn[`in${i}`])) },
      state: {},
    };
  };
  const named = Object.fromEntries(inputs.map((input, i) => [`in${i}`, input]));
  const program = await engine.compile(fn, { name: `${game.variant}/${critic}/scores`, inputs: named, state: spec });
  const state = engine.createState(spec);
  let [lowest, highest] = [Infinity, -Infinity];
  try {
    for (let seed = 0; seed < SEEDS; seed++)
      for (const factor of FACTORS) {
        const values = initialState(game, seed);
        const params = values[paramsEntry(critic)].map((value) => factor * value);
        await state.write({ ...only(values, Object.keys(spec)), [paramsEntry(critic)]: params });
        const { data } = (await program.run(noise(named, seed), state))["score"];
        for (const score of data) [lowest, highest] = [Math.min(lowest, score), Math.max(highest, score)];
      }
  } finally {
    await program.dispose();
    await state.dispose();
  }
  return { lowest, highest, largest: Math.max(-lowest, highest) };
}

const only = <T>(record: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, record[name]]));

/** Normal noise for floats, zeros for labels. */
const noise = (specs: Readonly<Record<string, TensorSpec>>, seed: number): HostTensors =>
  Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }]): [string, HostTensor] => [
      name,
      dtype === "float32"
        ? float32(shape, stream(seed, `testing/${name}`).normal(0, new Float32Array(sizeOf(shape))))
        : { shape, dtype, data: new Int32Array(sizeOf(shape)) },
    ]),
  );

async function openWatched({ variant, config, data, engine, batchSize }: SceneOptions) {
  const calls = new Map<string, Call>();
  const watched =
    (name: string, network: Network): Network =>
    (nn, ...inputs) => {
      const output = network(nn, ...inputs);
      if (output && !calls.has(name))
        calls.set(name, {
          inputs: inputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype: dtype as TensorSpec["dtype"] })),
          output: [...output.shape],
        });
      return output;
    };
  const spy: AnyVariant = {
    ...variant,
    networks: (config, spec) =>
      Object.fromEntries(
        Object.entries(variant.networks(config, spec)).map(([name, network]) => [name, watched(name, network)]),
      ),
  };
  const parsed = config ?? variant.config.parse({});
  return { game: await openGame({ variant: spy, config: parsed, data: data.spec, engine, batchSize }), calls };
}
