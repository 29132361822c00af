/** @file Models timed beside each other: in turns, so that what slows the machine down for a while slows all of them. */
import { sizeOf, stream } from "@gan-arena/core/base";
import type { Model, ModelPort } from "../onnx/model.js";
import { InPlaceSession } from "../runtime/in-place.js";
import { loadOrt, type Ort } from "../runtime/ort.js";

/** A model that is loaded and warm. */
export interface Runner {
  /** Milliseconds of one run, the last of the warming ones. */
  readonly firstMs: number;
  /** @returns milliseconds of one run, as a mean over some milliseconds */
  time(): Promise<number>;
  release(): Promise<void>;
}

/** Shorter turns are not to be trusted. */
const TURN_MS = 2;
/** Inputs and state: small enough for no product to overflow, and not zero. */
const SCALE = 0.05;

/** @throws what ONNX Runtime throws when it refuses the model */
export async function runner(model: Model, threads: number): Promise<Runner> {
  const ort = await loadOrt();
  const session = await InPlaceSession.create(model, { threads });
  const feeds = Object.fromEntries(model.inputs.map((port) => [port.name, noise(ort, port)]));
  const fetches = Object.fromEntries(model.outputs.map((port) => [port.name, empty(ort, port)]));
  const run = async (times: number): Promise<number> => {
    const begin = performance.now();
    for (let i = 0; i < times; i++) await session.run(feeds, fetches);
    return (performance.now() - begin) / times;
  };
  await run(1);
  const firstMs = await run(1);
  const turns = Math.max(1, Math.ceil(TURN_MS / firstMs));
  return { firstMs, time: () => run(turns), release: () => session.release() };
}

const shapeOf = ({ shape }: ModelPort): number[] => shape.map(Number);

function empty(ort: typeof Ort, port: ModelPort): Ort.Tensor {
  const [shape, { dtype }] = [shapeOf(port), port];
  const size = sizeOf(shape);
  if (dtype === "int32") return new ort.Tensor(dtype, new Int32Array(size), shape);
  return dtype === "bool"
    ? new ort.Tensor(dtype, new Uint8Array(size), shape)
    : new ort.Tensor("float32", new Float32Array(size), shape);
}

function noise(ort: typeof Ort, port: ModelPort): Ort.Tensor {
  const tensor = empty(ort, port);
  if (tensor.data instanceof Float32Array) {
    stream(0, port.name).normal(0, tensor.data);
    // Positive, for second moments are under a root.
    tensor.data.forEach((value, i, data) => (data[i] = SCALE * Math.abs(value)));
  }
  return tensor;
}

/** In ascending order, the value with `share` of them below it. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))];
};
