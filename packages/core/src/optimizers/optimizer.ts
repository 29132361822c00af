/** @file What an optimiser is to the arena: a pure function on flat vectors. */
import type { Tensor } from "@tensorflow/tfjs";

/** How far a network has come; what schedules look at. */
export interface Progress {
  /** Number of this update of the network, from 1. */
  readonly update: number;
  readonly kimg: number;
  /** The whole budget of the run. */
  readonly totalKimg: number;
}

/** Factor on the learning rate. */
export type Schedule = (progress: Progress) => number;

export interface OptimizerStep {
  /** Flat vectors, all of one length. */
  readonly params: Tensor;
  readonly grads: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
  /** Scalars computed on the host by {@link OptimizerSpec.scalars}. */
  readonly scalars: Readonly<Record<string, Tensor>>;
}

export interface OptimizerSpec {
  readonly name: string;
  /** Names of the vectors that it keeps beside the parameters, all zero at first. */
  readonly slots: readonly string[];
  /** Numbers that change from step to step (rates, bias corrections), computed in float64 on the host. */
  scalars(progress: Progress): Readonly<Record<string, number>>;
  /** Element-wise. */
  step(state: OptimizerStep): { readonly params: Tensor; readonly slots: Readonly<Record<string, Tensor>> };
  /** What {@link tuned} may change, with the present values. */
  readonly settings?: Readonly<Record<string, number>>;
  /** The same optimiser with some of its settings changed, schedule and all else kept. */
  tuned?(changes: Readonly<Record<string, number>>): OptimizerSpec;
  /** The same optimiser for lazy regularisation: rate * c, betas ^ c (Karras et al. 2020, App. B). */
  scaled(c: number): OptimizerSpec;
}
