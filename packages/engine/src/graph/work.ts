/** @file How much a graph computes: multiplications and additions in its products and convolutions. */
import { sizeOf } from "@gan-arena/core/base";
import { reachable, type Node, type Value } from "./ir.js";

/** Floating-point operations of one node; element-wise ops are not counted. */
function operations({ op, inputs, outputs, attributes }: Node): number {
  const [left, right] = inputs;
  const size = sizeOf(outputs[0].shape);
  switch (op) {
    case "Gemm":
      return 2 * size * left.shape[attributes["transposeA"] === true ? 0 : 1];
    case "MatMul":
      return 2 * size * (left.shape.at(-1) as number);
    case "Conv":
      return 2 * size * sizeOf(right.shape.slice(0, 3));
    case "Conv3D":
      return 2 * size * sizeOf(right.shape.slice(1));
    case "ConvTranspose3D":
      return 2 * sizeOf(left.shape) * sizeOf(right.shape.slice(1));
    case "ConvInputGrad":
      return 2 * sizeOf(left.shape) * sizeOf(right.shape.slice(0, 3));
    case "DepthwiseConv":
      return 2 * size * sizeOf(right.shape.slice(0, 2));
    case "DepthwiseConvInputGrad":
      return 2 * sizeOf(left.shape) * sizeOf(right.shape.slice(0, 2));
    case "ConvFilterGrad":
      return 2 * sizeOf(right.shape) * sizeOf(outputs[0].shape.slice(0, 3));
    default:
      return 0;
  }
}

/** Floating-point operations in the products and convolutions that the outputs need. */
export const workOf = (results: readonly Value[]): number =>
  reachable(results).reduce((total, node) => total + operations(node), 0);
