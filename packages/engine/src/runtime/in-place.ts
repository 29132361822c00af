/**
 * @file Sessions that write results where they are told to, and nowhere else.
 *
 * After a run onnxruntime-node 1.30 copies every result into new memory, also one that it was told where to write: a fifth of
 * a step of a small game, 6 % of DCGAN-64, and work for the garbage collector. It stops at a result that is no tensor, with an
 * error, when all of them have been computed and are in their places. So a model gets such a result, the first one, and that
 * error is the end of a run. This is tried before it is relied on; where it is otherwise models stay as they are.
 */
import { sizeOf } from "@gan-arena/core/base";
import { encodeModel, type Model } from "../onnx/model.js";
import { createSession, loadOrt, type Ort, type SessionOptions } from "./ort.js";

/** The result that is no tensor. */
const STOP = "in-place/stop";
/** Bytes of results of which a copy takes as long as the error, 10 us. */
const CHEAP_COPY = 65_536;

export class InPlaceSession {
  private constructor(
    private readonly session: Ort.InferenceSession,
    /** The message of the error that ends a run. */
    private readonly stop: string | undefined,
  ) {}

  /** @throws what ONNX Runtime throws when it refuses the model */
  static async create(model: Model, options: SessionOptions): Promise<InPlaceSession> {
    // Other providers may have no kernel for it, and a profile is to show the model's own nodes.
    const usual = options.provider === undefined && options.profile === undefined;
    const pays = model.outputs.reduce((bytes, { shape }) => bytes + 4 * sizeOf(shape.map(Number)), 0) > CHEAP_COPY;
    const stop = usual && pays ? await findStop() : undefined;
    const session = await createSession(encodeModel(stop === undefined ? model : withStop(model)), options);
    return new InPlaceSession(session, stop);
  }

  /**
   * @param fetches every result of the model, with the memory that it is written to
   * @throws what ONNX Runtime throws
   */
  async run(feeds: Readonly<Record<string, Ort.Tensor>>, fetches: Record<string, Ort.Tensor | null>): Promise<void> {
    if (this.stop !== undefined) fetches[STOP] = null;
    try {
      await this.session.run(feeds, fetches);
    } catch (error) {
      if (this.stop === undefined || !(error instanceof Error) || error.message !== this.stop) throw error;
    }
  }

  endProfiling(): void {
    this.session.endProfiling();
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

const withStop = (model: Model): Model => ({
  ...model,
  nodes: [...model.nodes, { op: "SequenceEmpty", domain: "", inputs: [], outputs: [STOP], attributes: {} }],
  outputs: [{ name: STOP, shape: [1], dtype: "float32", sequence: true }, ...model.outputs],
});

let finding: Promise<string | undefined> | undefined;

const findStop = (): Promise<string | undefined> => (finding ??= tryStop());

/** The message with which a run ends that has written its result; undefined when it does not end like that. */
async function tryStop(): Promise<string | undefined> {
  const ort = await loadOrt();
  const port = (name: string) => ({ name, shape: [1], dtype: "float32" as const });
  const model = withStop({
    name: "in-place",
    nodes: [{ op: "Neg", domain: "", inputs: ["x"], outputs: ["y"], attributes: {} }],
    initializers: [],
    inputs: [port("x")],
    outputs: [port("y")],
  });
  const [x, y] = [2, 0].map((value) => new ort.Tensor("float32", Float32Array.of(value), [1]));
  const session = await createSession(encodeModel(model), { threads: 1 }).catch(() => undefined);
  try {
    await session?.run({ x }, { y, [STOP]: null });
    return undefined;
  } catch (error) {
    return error instanceof Error && y.data[0] === -2 ? error.message : undefined;
  } finally {
    await session?.release();
  }
}
