/** @file Data sets: where real samples come from, and what is known about them. */
import type { ZodType } from "zod";
import type { HostTensors, TensorSpec } from "./tensors.js";

/** What networks need to know about the data. Exactly one of `image` and `points` is set. */
export interface DataSpec {
  readonly name: string;
  /** Shapes of one sample of each field, without the batch axis; the real sample is `x`. */
  readonly fields: Readonly<Record<string, TensorSpec>>;
  /** Images are `[N,height,width,channels]` in [-1,1]. */
  readonly image?: { readonly height: number; readonly width: number; readonly channels: number };
  /** Points are `[N,dim]`, unbounded. */
  readonly points?: { readonly dim: number };
  /** Number of samples, or Infinity for a distribution. */
  readonly size: number;
  /** Number of labels when there is a field `c`. */
  readonly classes?: number;
  /**
   * Two fields that are two domains to translate between. The test split serves them in pairs, sample i of one belonging
   * to sample i of the other, so that translations can be compared with the truth; the training split serves them unpaired.
   */
  readonly pairs?: readonly [x: string, y: string];
}

/**
 * A place in the stream of samples. Sample `position` is a function of (seed, position) alone, so a run that stops
 * and goes on sees exactly the samples it would have seen. Finite sets are shuffled anew in each pass.
 */
export interface Cursor {
  readonly seed: number;
  readonly position: number;
}

export interface DataSource {
  readonly spec: DataSpec;
  /**
   * The `n` samples from `cursor.position` on, every field `[n,…]`; the caller owns the arrays.
   * @param into an earlier batch that is no longer wanted: its arrays may be filled anew and returned, in place of new ones
   */
  batch(cursor: Cursor, n: number, into?: HostTensors): HostTensors;
  /** sha256 of what the source serves (the file, or the parameters of the distribution). */
  readonly fingerprint: string;
}

/** What is known of a synthetic distribution, for metrics that count modes. */
export interface MixtureTruth {
  readonly kind: "mixture";
  /** `[modes][dim]`, all of the same weight. */
  readonly centres: readonly (readonly number[])[];
  /** Standard deviation of each mode along each axis. */
  readonly std: number;
}

export interface OpenDataset {
  readonly train: DataSource;
  readonly test: DataSource;
  readonly truth?: MixtureTruth;
}

export interface Dataset<C = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly licence: string;
  readonly kind: "images" | "points";
  /** An object schema: every field has a default, bounds where they make sense, and one line of description. */
  readonly config: ZodType<C>;
  /** @param context.note tells a person about work that takes a while, for example fetching; one line, without its end */
  open(config: C, context: { readonly home: string; readonly note?: (text: string) => void }): Promise<OpenDataset>;
}
