/**
 * @file What a GAN variant is: networks and phases, as plain values and pure functions.
 *
 * A variant trains nothing, saves nothing and logs nothing; the arena plays its phases.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { ZodType } from "zod";
import type { Scope } from "../nn/scope.js";
import type { OptimizerSpec } from "../optimizers/optimizer.js";
import type { DataSpec } from "./dataset.js";

export interface Paper {
  readonly title: string;
  readonly authors: string;
  readonly year: number;
  readonly arxiv?: string;
  readonly venue?: string;
}

/** A network is a function of a scope, which owns its parameters, and of its inputs. */
export type Network = (nn: Scope, ...inputs: Tensor[]) => Tensor;

/** A network with its parameters bound: what a phase calls. */
export type BoundNetwork = (...inputs: Tensor[]) => Tensor;

export type Draw =
  | { readonly kind: "normal"; readonly shape: readonly number[] }
  /** Without a shape: one value per sample, `[N,1,…,1]` of the rank of `x`. */
  | { readonly kind: "uniform"; readonly shape?: readonly number[]; readonly low: number; readonly high: number }
  /** A field of the real batch; all batch draws of one play come from the same samples. */
  | { readonly kind: "batch"; readonly field: string }
  /** Labels 0, 1, …, size - 1, 0, 1, … as int32 `[N]`, going on from play to play: every label equally often. */
  | { readonly kind: "cycle"; readonly size: number }
  /** Pictures that an earlier phase emitted under `source`, mixed with a history of `capacity` (Shrivastava et al. 2017). */
  | { readonly kind: "replay"; readonly source: string; readonly capacity: number };

export type Terms = Readonly<Record<string, Tensor>>;

export interface PhaseResult {
  /** Scalars that are summed and minimised; grouped by network, each network descends its own terms at once. */
  readonly terms: Terms | Readonly<Record<string, Terms>>;
  /** Scalars that are logged and not minimised, under their full name, for example `score/real`. */
  readonly probes?: Readonly<Record<string, Tensor>>;
  /** Batches that later phases may draw by `replay`. */
  readonly emits?: Readonly<Record<string, Tensor>>;
  /** New values of the phase's memory. */
  readonly remember?: Readonly<Record<string, Tensor>>;
}

/** Maps the flat parameter vector after the optimiser's step; must be element-wise. */
export interface Constraint {
  readonly name: string;
  apply(params: Tensor): Tensor;
}

export type BoundNetworks = Readonly<Record<string, BoundNetwork>>;
export type TensorMap = Readonly<Record<string, Tensor>>;

/** A number in the memory of a phase. */
export interface MemoryCell {
  readonly phase: string;
  readonly cell: string;
}

export interface Phase {
  readonly name: string;
  /** Networks that the phase moves; all others are constants in it, their states included. */
  readonly updates: readonly string[];
  /** Plays in one round: nCritic, k in Algorithm 1. A function of the rounds played before, when rounds differ. */
  readonly repeat?: number | ((round: number) => number);
  /** Play on every n-th round only; the arena corrects weight, rate and betas (Karras et al. 2020, App. B). */
  readonly every?: number;
  readonly draws: Readonly<Record<string, Draw>>;
  /** Numbers the phase keeps for itself, with their initial values. */
  readonly memory?: Readonly<Record<string, number>>;
  /** Numbers that other phases keep, under the names by which `loss` finds them among its memory. */
  readonly reads?: Readonly<Record<string, MemoryCell>>;
  loss(nets: BoundNetworks, inputs: TensorMap, memory: TensorMap): PhaseResult;
  readonly constrain?: Constraint;
}

/** What a translating view does, by the names of two fields of the data. */
export interface Translates {
  /** The field that is drawn and translated; sample i that is rendered is the translation of sample i that was drawn. */
  readonly from: string;
  /** The field whose samples the translations should look like. */
  readonly to: string;
}

/** Something to look at. The first view of a variant is what metrics judge: generated samples like `x`, or translations. */
export interface View {
  readonly name: string;
  readonly draws: Readonly<Record<string, Draw>>;
  /** Set when samples are translated rather than made of noise; metrics then compare with the field `to` instead of `x`. */
  readonly translates?: Translates;
  /** Drawn while training. Without any such view it is the first one. */
  readonly pictured?: boolean;
  /** Images in one row of a picture, for views whose samples belong side by side. Default: as square as can be. */
  readonly columns?: number;
  render(nets: BoundNetworks, inputs: TensorMap): Tensor;
}

/** Ranges that a sweep uses when the user gives none, by config path. */
export type SearchSpace = Readonly<Record<string, SearchRange>>;
export type SearchRange =
  | { readonly kind: "logUniform" | "uniform"; readonly min: number; readonly max: number }
  | { readonly kind: "intUniform"; readonly min: number; readonly max: number }
  | { readonly kind: "choice"; readonly values: readonly (string | number | boolean)[] };

export interface GanVariant<C = unknown> {
  readonly name: string;
  readonly paper: Paper;
  /** Every departure from the paper, one sentence each. */
  readonly deviations: readonly string[];
  /** An object schema: every field has a default, bounds where they make sense, and one line of description. */
  readonly config: ZodType<C>;
  readonly searchSpace: SearchSpace;
  /** Networks that judge; real images shown to them are the measure of progress. Default: names that start with D. */
  readonly critics?: readonly string[];
  /** What the variant would be trained with when the user says nothing. */
  readonly defaults?: (config: C, data: DataSpec) => { readonly batchSize?: number; readonly kimg?: number };
  networks(config: C, data: DataSpec): Readonly<Record<string, Network>>;
  optimizers(config: C, data: DataSpec): Readonly<Record<string, OptimizerSpec>>;
  /** Half-lives in kimg of averaged copies of networks; views use the average. Networks not named have none. */
  averages?(config: C, data: DataSpec): Readonly<Record<string, number>>;
  phases(config: C, data: DataSpec): readonly Phase[];
  views(config: C, data: DataSpec): readonly View[];
}
