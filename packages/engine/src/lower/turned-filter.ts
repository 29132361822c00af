/** @file A blocked filter with input and output channels exchanged, for the input gradient. */
import { sizeOf } from "@gan-arena/core/base";
import type { Value } from "../graph/ir.js";
import type { Extents } from "./geometry.js";
import { blockedFilter } from "./layout.js";
import { int, ints, type Lowering } from "./lowering.js";

/** ONNX Runtime's products with either operand transposed. */
const FUSED_DOMAIN = "com.microsoft";

/** `[O/b, I/b, kh, kw, bi, bo]` as `[I/b, O/b, kh, kw, bo, bi]`. */
export function turnedFilter(context: Lowering, filter: Value): string {
  const { block } = context.policy;
  const [kh, kw, input, output] = filter.shape as unknown as Extents;
  const [I, O] = [input / block, output / block];
  const stored = context.as(filter, blockedFilter(block));
  const moved =
    I === 1 || O === 1
      ? stored
      : context.emit({
          op: "Transpose",
          inputs: [context.reshaped(stored, [O, I, kh * kw, block * block])],
          attributes: { perm: ints([1, 0, 2, 3]) },
        });
  const turned = transposedBlocks(context, moved, sizeOf(filter.shape) / block ** 2);
  return context.reshaped(turned, [I, O, kh, kw, block, block]);
}

/**
 * Blocks `[b, b]` transposed as products with the identity, which are exact and take a third of the time of a transpose:
 * that moves value by value, on one thread.
 *
 * @returns the name of `[count, b, b]`
 */
export function transposedBlocks(context: Lowering, blocks: string, count: number): string {
  const { block } = context.policy;
  const identity = context.initializer({ dtype: "float32", shape: [block, block], data: identityMatrix(block) });
  return context.emit({
    op: "FusedMatMul",
    domain: FUSED_DOMAIN,
    inputs: [context.reshaped(blocks, [count, block, block]), identity],
    attributes: { transA: int(1) },
  });
}

const identityMatrix = (n: number): Float32Array =>
  Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
