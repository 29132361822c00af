/** @file The conformance suite of engines: programs, state, and a whole game against the reference. */
import type { Engine, Signature, TensorFunction } from "../contracts/engine.js";
import { float32, type HostTensors, type Packing } from "../contracts/tensors.js";
import { pack, unpack } from "../tensor/pack.js";
import { tf } from "../tensor/tf.js";
import { declareTests, type Check, type Limit, type TestFramework } from "./check.js";
import { mustHold } from "./errors.js";
import { expectPhaseMovesOnly, expectSamePrograms, sameBits } from "./phases.js";
import { probe } from "./probe.js";
import { noisePictures } from "./synthetic.js";
import { expectSameBits } from "./variant-training.js";

export interface EngineCase {
  readonly name: string;
  readonly engine: () => Promise<Engine>;
  /** What it is compared with, for example `cpu` of `@gan-arena/engine`; left out, no game is compared. */
  readonly reference?: () => Promise<Engine>;
  /** Accepted relative difference of terms, gradients and state. Default 1e-4. */
  readonly rtol?: number;
}

const PACKING: Packing = {
  parts: [
    { name: "filter", shape: [3, 3, 2, 5], role: "filter" },
    { name: "bias", shape: [5], role: "plain" },
  ],
};
const SIZE = 95; // 3 * 3 * 2 * 5 + 5

const SIGNATURE: Signature = {
  name: "testing/scale",
  inputs: { x: { shape: [3], dtype: "float32" }, c: { shape: [3], dtype: "int32" } },
  state: { moved: PACKING, kept: PACKING },
};

/** Sums what it is given, and adds 1 to every number of one of its two entries. */
const scale: TensorFunction = ({ x, c }, { moved }) => {
  const [filter, bias] = unpack(moved, PACKING);
  return {
    outputs: { y: tf.add(tf.mul(x, 2), tf.cast(c, "float32")), bias: tf.mul(bias, 1), sum: tf.sum(filter) },
    state: { moved: pack([tf.add(filter, 1), tf.add(bias, 1)], PACKING) },
  };
};
const INPUTS: HostTensors = {
  x: float32([3], Float32Array.of(1, 2, 3)),
  c: { shape: [3], dtype: "int32", data: Int32Array.of(10, 20, 30) },
};
const ramp = (): Float32Array => Float32Array.from({ length: SIZE }, (_, i) => i);

/** The suite. */
export function engineChecks({ name, engine: open, reference, rtol = 1e-4 }: EngineCase): readonly Check[] {
  const withEngine = (body: (engine: Engine) => Promise<void>) => async () => {
    const engine = await open();
    try {
      await body(engine);
    } finally {
      await engine.dispose();
    }
  };
  const scene = { variant: probe, data: noisePictures({ side: 28, channels: 1 }), batchSize: 2, seed: 7 };
  return [
    {
      name: "state round trip",
      proves: "what is written is read back in the packing's order, whatever the layout inside",
      gate: true,
      run: withEngine(async (engine) => {
        const state = engine.createState({ moved: PACKING });
        await state.write({ moved: ramp() });
        const { moved } = await state.read();
        if (!sameBits(moved, ramp()))
          throw mustHold(
            name,
            "read() must give what write() was given",
            "other numbers",
            "undo the layout of filters in read()",
          );
        moved.fill(-1);
        if (!sameBits((await state.read())["moved"], ramp()))
          throw mustHold(name, "read() must give copies", "an array that is the state itself", "copy it");
        await state.dispose();
      }),
    },
    {
      name: "program",
      proves: "outputs are right for float and integer inputs; named entries are replaced, others keep every bit",
      gate: true,
      run: withEngine(async (engine) => expectProgram(engine, name)),
    },
    {
      name: "wrong inputs",
      proves: "an input of another shape is refused instead of being computed with",
      run: withEngine(async (engine) => {
        const program = await engine.compile(scale, SIGNATURE);
        const state = engine.createState(SIGNATURE.state);
        const refused = await program.run({ ...INPUTS, x: float32([4]) }, state).then(
          () => false,
          () => true,
        );
        if (!refused)
          throw mustHold(
            name,
            "an input of shape [4] must be refused where [3] was compiled",
            "a result",
            "compare inputs with the signature in run()",
          );
      }),
    },
    {
      name: "trace",
      proves: "shapes of results are known without computing",
      run: withEngine(async (engine) => {
        const { y, sum } = await engine.trace(scale, SIGNATURE);
        if (y.shape.join() !== "3" || sum.shape.length > 0)
          throw mustHold(
            name,
            "trace() must give [3] and []",
            `[${y.shape.join(",")}] and [${sum.shape.join(",")}]`,
            "return the specs of the outputs",
          );
      }),
    },
    {
      name: "same seed, same bits",
      proves: "two games from one seed are equal in every bit",
      run: withEngine((engine) => expectSameBits({ ...scene, engine })),
    },
    {
      name: "moves only its updates",
      proves: "entries that a phase does not name stay as they are",
      run: withEngine((engine) => expectPhaseMovesOnly({ ...scene, engine })),
    },
    {
      name: "equals the reference",
      proves: `a game with convolutions, statistics and second derivatives agrees within ${rtol}`,
      run: async () => {
        if (!reference) return { skipped: "there is no reference" };
        const [engine, other] = [await open(), await reference()];
        try {
          await expectSamePrograms([engine, other], { ...scene, rtol });
          return undefined;
        } finally {
          await engine.dispose();
          await other.dispose();
        }
      },
    },
  ];
}

async function expectProgram(engine: Engine, name: string): Promise<void> {
  const program = await engine.compile(scale, SIGNATURE);
  const state = engine.createState(SIGNATURE.state);
  await state.write({ moved: ramp(), kept: ramp() });
  const { y, bias, sum } = await program.run(INPUTS, state);
  const got = [...y.data, ...bias.data, ...sum.data];
  const want = [12, 24, 36, 90, 91, 92, 93, 94, (89 * 90) / 2];
  if (got.some((value, i) => Math.abs(value - want[i]) > 1e-3) || got.length !== want.length)
    throw mustHold(
      name,
      `the outputs must be ${want.join(", ")}`,
      got.join(", "),
      "look at casts of integers and at the layout of filters",
    );
  const { moved, kept } = await state.read();
  if (
    !sameBits(
      moved,
      ramp().map((value) => value + 1),
    )
  )
    throw mustHold(
      name,
      "an entry that the program returns must be replaced",
      "other values",
      "write results back in the state's layout",
    );
  if (!sameBits(kept, ramp()))
    throw mustHold(
      name,
      "an entry that the program does not return must keep every bit",
      "a change",
      "replace returned entries only",
    );
  await program.dispose();
  await state.dispose();
}

export interface TestEngineOptions extends Partial<TestFramework>, EngineCase {
  readonly limits?: readonly Limit[];
}

/** Declares the whole suite as tests of vitest, jest, mocha or node:test. */
export function testEngine(options: TestEngineOptions): void {
  declareTests(options.name, engineChecks(options), options);
}
