/**
 * @file Which blocked kernels work here.
 *
 * ONNX Runtime's blocked convolutions are internal to it; their block is 16 channels with AVX-512 and 8 with AVX2, and
 * other processors have none. So they are tried: a small blocked convolution is compared with a plain one.
 */
import { stream } from "@gan-arena/core/base";
import {
  BLOCKED_DOMAIN,
  NCHW,
  OIHW,
  PLAIN,
  blockedFilter,
  blockedImage,
  convertOnHost,
  type Layout,
} from "../lower/layout.js";
import { ints, type OnnxNode } from "../lower/lowering.js";
import { encodeModel } from "../onnx/model.js";
import { createSession, loadOrt } from "./ort.js";

const CANDIDATES = [16, 8] as const;
const TOLERANCE = 1e-4;

let probing: Promise<number> | undefined;

/** The block that agrees with plain convolution, or 0. */
export function probeBlock(): Promise<number> {
  probing ??= findBlock();
  return probing;
}

async function findBlock(): Promise<number> {
  const [n, h, w, c, k] = [1, 6, 7, 32, 3];
  const image = stream(0, "engine/probe").normal(0, new Float32Array(n * h * w * c));
  const filter = stream(0, "engine/probe").normal(1, new Float32Array(k * k * c * c));
  const [imageShape, filterShape] = [
    [n, h, w, c],
    [k, k, c, c],
  ];
  const convolve = async (domain: string, layouts: { image: Layout; filter: Layout }): Promise<Float32Array> => {
    const ort = await loadOrt();
    // prettier-ignore
    const node: OnnxNode = {
      op: "Conv", domain, inputs: ["x", "w"], outputs: ["y"],
      attributes: { strides: ints([1, 1]), dilations: ints([1, 1]), pads: ints([1, 1, 1, 1]), kernel_shape: ints([k, k]) },
    };
    const ports = { x: [n, c, h, w], w: [c, c, k, k], y: [n, c, h, w] };
    const port = (name: keyof typeof ports) => ({ name, shape: ports[name], dtype: "float32" as const });
    const model = {
      name: "probe",
      nodes: [node],
      initializers: [],
      inputs: [port("x"), port("w")],
      outputs: [port("y")],
    };
    const session = await createSession(encodeModel(model), { threads: 1 });
    const x = convertOnHost(image, imageShape, { from: PLAIN, to: layouts.image });
    const weights = convertOnHost(filter, filterShape, { from: PLAIN, to: layouts.filter });
    const { y } = await session.run({
      x: new ort.Tensor("float32", x, ports.x),
      w: new ort.Tensor("float32", weights, ports.w),
    });
    await session.release();
    return convertOnHost(y?.data as Float32Array, imageShape, { from: layouts.image, to: PLAIN });
  };
  const plain = await convolve("", { image: NCHW, filter: OIHW });
  for (const block of CANDIDATES) {
    const blocked = await convolve(BLOCKED_DOMAIN, { image: blockedImage(block), filter: blockedFilter(block) }).catch(
      () => undefined,
    );
    if (blocked?.every((value, i) => Math.abs(value - plain[i]) <= TOLERANCE * (1 + Math.abs(plain[i])))) return block;
  }
  return 0;
}
