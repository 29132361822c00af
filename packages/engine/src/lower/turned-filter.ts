/** @file A blocked filter with input and output channels exchanged, for the input gradient. */
import { sizeOf } from "@gan-arena/core/base";
import type { Value } from "../graph/ir.js";
import type { Extents } from "./geometry.js";
import { blockedFilter } from "./layout.js";
import { int, type Lowering } from "./lowering.js";
import { pickRows } from "./rows.js";

/** ONNX Runtime's products with either operand transposed. */
const FUSED_DOMAIN = "com.microsoft";

/**
 * Some taps of `[O/b, I/b, kh, kw, b of I, b of O]` as `[I/b, O/b, taps, b of O, b of I]`.
 *
 * @param taps by axis, in the order in which they are wanted
 */
export function turnedTaps(
  context: Lowering,
  filter: Value,
  taps: readonly [readonly number[], readonly number[]],
): string {
  const { block } = context.policy;
  const [kh, kw, input, output] = filter.shape as unknown as Extents;
  const [I, O] = [input / block, output / block];
  const count = sizeOf(filter.shape) / block ** 2;
  const turned = transposedBlocks(context, context.as(filter, blockedFilter(block)), count);
  const places = taps[0].flatMap((row) => taps[1].map((column) => row * kw + column));
  if ((I === 1 || O === 1) && places.length === kh * kw && places.every((place, i) => place === i)) return turned;
  const index = (): Int32Array =>
    Int32Array.from({ length: I * O * places.length }, (_, at) => {
      const [pair, tap] = [Math.floor(at / places.length), at % places.length];
      return ((pair % O) * I + Math.floor(pair / O)) * kh * kw + places[tap];
    });
  const rule = `taps ${places.join()} of ${kh * kw} for ${I} by ${O}`;
  return pickRows(context, { source: turned, rows: count, width: block ** 2, rule, index });
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
