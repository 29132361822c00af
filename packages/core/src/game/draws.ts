/** @file What a phase draws before each play. Every draw gives one value per sample of the batch. */
import type { Draw } from "../contracts/variant.js";

/** Standard normal noise. @param shape of one sample: a length or a shape */
export const normal = (shape: number | readonly number[]): Draw => ({
  kind: "normal",
  shape: typeof shape === "number" ? [shape] : shape,
});

/** Uniform noise; without a shape one number per sample, which broadcasts against `x`. */
export const uniform = (shape?: number | readonly number[], low = 0, high = 1): Draw =>
  shape === undefined
    ? { kind: "uniform", low, high }
    : { kind: "uniform", shape: typeof shape === "number" ? [shape] : shape, low, high };

/** A field of the next real batch. All `batch` draws of one play come from the same samples. */
export const batch = (field = "x"): Draw => ({ kind: "batch", field });

/** Labels 0, 1, …, size - 1 and again, int32 `[N]`: for pictures in which each column is a class. */
export const cycle = (size: number): Draw => ({ kind: "cycle", size });

/** What a phase emitted as `source`, through a history of that many samples. */
export const replay = (source: string, capacity: number): Draw => ({ kind: "replay", source, capacity });
