/**
 * @file The scope `nn` that a network is written with. It owns the network's parameters and states.
 *
 * The same function runs once to create parameters (values are recorded, shapes come from the tensors it is called
 * with) and from then on purely (values are looked up). In the manner of Haiku, names are counted per call, so the
 * n-th call of a network finds what the first one made.
 */
import type { Initializer } from "./initializers.js";
import type { Layers } from "./layers/index.js";
import type { Tensor } from "../tensor/tf.js";

/** A value that a network keeps and no optimiser moves: running statistics, w_avg, the vectors of spectral norm. */
export interface StateCell {
  read(): Tensor;
  /**
   * The last value written in a phase becomes the value of the next one, if the phase updates the network. What is
   * written is a constant to the gradient, and the next read sees it.
   */
  write(value: Tensor): void;
}

export interface ParamOptions {
  /** `filter` for convolution filters `[kh,kw,in,out]` (transposed: `[kh,kw,out,in]`): engines pick their layout. */
  readonly role?: "filter" | "plain";
}

/** The part of a scope that layers are made from. Its methods may be passed around without it. */
export interface Variables {
  /** True while phases are played, false while views are drawn. */
  readonly training: boolean;
  /** Network and scopes, joined by `/`: where messages say that something is wrong. */
  readonly path: string;
  /** @throws GanError SHAPE_MISMATCH when the parameter exists with another shape; BAD_PLUGIN when the name is taken */
  param(name: string, shape: readonly number[], init: Initializer, options?: ParamOptions): Tensor;
  /** @throws GanError as {@link param} */
  state(name: string, shape: readonly number[], init: Initializer): StateCell;
  /** A name that no sibling has: `dense`, `dense_1`, …. */
  unique(name: string): string;
  /** Runs `body` with names prefixed by `name/`. */
  scope<T>(name: string, body: (nn: Scope) => T): T;
}

export type Scope = Variables & Layers;
