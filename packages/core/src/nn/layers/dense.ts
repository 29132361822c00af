/** @file Fully connected layer. */
import { tf, type Tensor } from "../../tensor/tf.js";
import { badRank } from "../errors.js";
import type { Variables } from "../scope.js";
import { weightOf, withBias, type WeightOptions } from "./weights.js";

export type DenseOptions = WeightOptions;

/**
 * y = x W + b on the last axis; W is `[in,units]`.
 *
 * @param x `[…,in]`, rank 2 or more
 * @returns `[…,units]`
 * @throws GanError SHAPE_MISMATCH when x has no batch axis
 */
export function dense(nn: Variables, x: Tensor, units: number, options: DenseOptions = {}): Tensor {
  return nn.scope(options.name ?? nn.unique("dense"), (nn) => {
    if (x.rank < 2) throw badRank(nn.path, "2 or more, […,in]", x.shape);
    const inputs = x.shape.at(-1) as number;
    const weight = weightOf(nn, { name: "weight", shape: [inputs, units], outputAxis: 1 }, options);
    const rows = x.rank === 2 ? x : tf.reshape(x, [-1, inputs]);
    const y = withBias(nn, tf.matMul(rows, weight), options);
    return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), units]);
  });
}
