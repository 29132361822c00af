/** @file Learnt vectors for labels. */
import { tf, type Tensor } from "../../tensor/tf.js";
import { normalInit, type Initializer } from "../initializers.js";
import type { Variables } from "../scope.js";

export interface EmbeddingOptions {
  /** Number of labels. */
  readonly size: number;
  /** Length of each vector. */
  readonly units: number;
  /** Default `embedding`, `embedding_1`, …. */
  readonly name?: string;
  /** Default `normalInit(1)`. */
  readonly init?: Initializer;
}

/**
 * One learnt vector for each label.
 *
 * @param labels whole numbers in [0,size), of any shape and dtype
 * @returns `[…labels.shape,units]`
 */
export function embedding(nn: Variables, labels: Tensor, options: EmbeddingOptions): Tensor {
  const { size, units, init = normalInit(1) } = options;
  return nn.scope(options.name ?? nn.unique("embedding"), (nn) =>
    tf.gather(nn.param("weight", [size, units], init), tf.cast(labels, "int32")),
  );
}
