/** @file The layers of a scope. */
import type { Tensor } from "../../tensor/tf.js";
import type { Variables } from "../scope.js";
import { batchNorm, type BatchNormOptions } from "./batch-norm.js";
import { conv2d, type Conv2dOptions } from "./conv2d.js";
import { convTranspose2d, type ConvTranspose2dOptions } from "./conv-transpose2d.js";
import { dense, type DenseOptions } from "./dense.js";
import { embedding, type EmbeddingOptions } from "./embedding.js";
import { instanceNorm, type InstanceNormOptions } from "./instance-norm.js";
import { layerNorm, type LayerNormOptions } from "./layer-norm.js";
import { spectralNorm, type SpectralNormOptions } from "./spectral-norm.js";

/** `nn.dense(x, 128)` and so on. Each may be passed around without the scope: `weight: nn.spectralNorm`. */
export interface Layers {
  /** x `[…,in]` to `[…,units]`. */
  readonly dense: (x: Tensor, units: number, options?: DenseOptions) => Tensor;
  /** x `[N,H,W,C]` to `[N,H',W',filters]`. */
  readonly conv2d: (x: Tensor, filters: number, options?: Conv2dOptions) => Tensor;
  /** x `[N,H,W,C]` to `[N,H',W',filters]`, larger. */
  readonly convTranspose2d: (x: Tensor, filters: number, options?: ConvTranspose2dOptions) => Tensor;
  /** Each channel over batch and places. */
  readonly batchNorm: (x: Tensor, options?: BatchNormOptions) => Tensor;
  /** Each channel of each sample over its places. */
  readonly instanceNorm: (x: Tensor, options?: InstanceNormOptions) => Tensor;
  /** Each sample over all its features. */
  readonly layerNorm: (x: Tensor, options?: LayerNormOptions) => Tensor;
  /** A weight divided by its largest singular value. */
  readonly spectralNorm: (w: Tensor, options?: SpectralNormOptions) => Tensor;
  /** A learnt vector for each label. */
  readonly embedding: (labels: Tensor, options: EmbeddingOptions) => Tensor;
}

/** The layers, with their parameters in `nn`. */
export const layersOf = (nn: Variables): Layers => ({
  dense: (x, units, options) => dense(nn, x, units, options),
  conv2d: (x, filters, options) => conv2d(nn, x, filters, options),
  convTranspose2d: (x, filters, options) => convTranspose2d(nn, x, filters, options),
  batchNorm: (x, options) => batchNorm(nn, x, options),
  instanceNorm: (x, options) => instanceNorm(nn, x, options),
  layerNorm: (x, options) => layerNorm(nn, x, options),
  spectralNorm: (w, options) => spectralNorm(nn, w, options),
  embedding: (labels, options) => embedding(nn, labels, options),
});

export type {
  BatchNormOptions,
  Conv2dOptions,
  ConvTranspose2dOptions,
  DenseOptions,
  EmbeddingOptions,
  InstanceNormOptions,
  LayerNormOptions,
  SpectralNormOptions,
};
export type { ConvolutionOptions, Extent } from "./convolution.js";
export type { NormOptions } from "./normalization.js";
export type { Reparametrisation, WeightOptions } from "./weights.js";
