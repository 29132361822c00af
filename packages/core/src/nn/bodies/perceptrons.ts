/** @file Multilayer perceptrons: the usual networks for points, and the first ones for images. */
import type { DataSpec } from "../../contracts/dataset.js";
import { sizeOf } from "../../contracts/tensors.js";
import type { Network } from "../../contracts/variant.js";
import { tf, type Tensor } from "../../tensor/tf.js";
import { heNormal } from "../initializers.js";

/** Slope of the leaky rectifiers of D for negative inputs. */
const SLOPE = 0.2;

export interface PerceptronOptions {
  /** Units of each hidden layer. */
  readonly hidden: number;
  /** Hidden layers. */
  readonly layers: number;
}

/**
 * G with rectifiers, D with leaky ones, both with He's initial weights and without any normalisation.
 *
 * @returns G: z `[N,zDim]` to samples of the shape of the data, images by a tanh; D: samples to raw scores `[N,1]`
 */
export function perceptrons(
  { hidden, layers }: PerceptronOptions,
  data: DataSpec,
): { readonly G: Network; readonly D: Network } {
  const shape = data.fields["x"]?.shape ?? [];
  const features = sizeOf(shape);
  const body =
    (activation: (h: Tensor) => Tensor): Network =>
    (nn, input) => {
      let h = input;
      for (let i = 0; i < layers; i++) h = activation(nn.dense(h, hidden, { init: heNormal() }));
      return h;
    };
  const rectified = body((h) => tf.relu(h));
  const leaky = body((h) => tf.leakyRelu(h, SLOPE));
  return {
    G: (nn, z) => {
      const flat = nn.dense(rectified(nn, z), features); // [N,features]
      const x = tf.reshape(flat, [-1, ...shape]); // [N,H,W,C] or [N,dim]
      return data.image ? tf.tanh(x) : x;
    },
    // By what comes, not by the data: samples that are packed together are one wide input.
    D: (nn, x) => nn.dense(leaky(nn, tf.reshape(x, [-1, sizeOf(x.shape.slice(1))])), 1),
  };
}
