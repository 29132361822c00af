/**
 * @file Flat vectors and their parts.
 *
 * The parameters of a network are one vector, so are each of its optimiser's moments: an update is then ten operations
 * for the whole network instead of ten per tensor. `Pack` and `Unpack` are kernels of their own, because an engine
 * may keep the parts in another order and layout than the one written here.
 */
import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs";
import type { Packing } from "../contracts/tensors.js";
import { packedSize, sizeOf } from "../contracts/tensors.js";
import { internalError } from "../errors.js";
import { tf, type Tensor } from "./tf.js";

export const PACK = "GanArenaPack";
export const UNPACK = "GanArenaUnpack";

/** The parts of a flat vector, in the order of the packing. */
export function unpack(flat: Tensor, packing: Packing): Tensor[] {
  if (packing.parts.length === 0) return [];
  return tf.engine().runKernel(UNPACK, { flat }, { packing: packing as unknown as string }) as unknown as Tensor[];
}

/** The flat vector of parts. @param tensors one for each part, of the part's shape */
export function pack(tensors: readonly Tensor[], packing: Packing): Tensor {
  if (tensors.length !== packing.parts.length)
    throw internalError("pack", `${packing.parts.length} tensors were expected, got ${tensors.length}`);
  if (tensors.length === 0) return tf.zeros([0]);
  const inputs = Object.fromEntries(tensors.map((tensor, i) => [String(i), tensor]));
  return tf.engine().runKernel<Tensor>(PACK, inputs, { packing: packing as unknown as string });
}

/** Gives an eager backend the two kernels, built from its own `Slice`, `Reshape` and `Concat`. */
export function registerPackKernels(backendName: string): void {
  const unpackKernel: KernelFunc = ({ inputs, attrs }) => {
    const packing = attrs?.["packing"] as unknown as Packing;
    const flat = asTensor(inputs["flat"]);
    let offset = 0;
    return packing.parts.map((part) => {
      const size = sizeOf(part.shape);
      const piece = tf.reshape(tf.slice(flat, [offset], [size]), [...part.shape]);
      offset += size;
      return piece;
    });
  };
  const packKernel: KernelFunc = ({ inputs, attrs }) => {
    const packing = attrs?.["packing"] as unknown as Packing;
    const named = inputs;
    const pieces = packing.parts.map((_, i) => tf.reshape(asTensor(named[String(i)]), [-1]));
    const flat = pieces.length === 1 ? tf.clone(pieces[0]) : tf.concat(pieces);
    if (flat.size !== packedSize(packing)) throw internalError("pack", `the parts hold ${flat.size} values`);
    return flat;
  };
  tf.registerKernel({ kernelName: UNPACK, backendName, kernelFunc: unpackKernel });
  tf.registerKernel({ kernelName: PACK, backendName, kernelFunc: packKernel });
}

const asTensor = (info: TensorInfo | undefined): Tensor => info as Tensor;

registerPackKernels("cpu");
