/** @file Patches cut from the levels of Laplacian pyramids, as descriptors of the local structure of pictures. */
import { stream } from "@gan-arena/core/base";
import { laplacianPyramid, type Plane } from "./laplacian-pyramid.js";
import type { Vectors } from "./samples.js";

/** Height and width of a patch. */
export const PATCH = 7;

export interface PatchPlan {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly levels: number;
  /** Patches of each level, cut from the pictures in turn. */
  readonly count: number;
  readonly seed: number;
  /** Names the stream of the patches' places. */
  readonly name: string;
}

/** Levels of a pyramid whose coarsest level is at least `smallest` high and wide. */
export function levelsFor(height: number, width: number, smallest: number): number {
  let levels = 1;
  for (let side = Math.ceil(Math.min(height, width) / 2); side >= smallest; side = Math.ceil(side / 2)) levels++;
  return levels;
}

/**
 * One set of descriptors per level, `[count, 7 * 7 * channels]`. Patch number k is cut from picture k modulo their
 * number at a random place that depends on (seed, level, k) alone: two sets are cut at the same places.
 *
 * @param pictures each of length height * width * channels
 */
export function patchDescriptors(pictures: Vectors, plan: PatchPlan): Vectors[] {
  const { height, width, channels, levels, count } = plan;
  const row = PATCH * channels;
  const dim = PATCH * row;
  const places = patchPlaces(plan);
  const descriptors = places.map(() => new Float32Array(count * dim));
  for (let picture = 0; picture < Math.min(pictures.count, count); picture++) {
    const values = pictures.values.subarray(picture * pictures.dim, (picture + 1) * pictures.dim);
    laplacianPyramid({ height, width, channels, values }, levels).forEach((plane, level) => {
      for (let k = picture; k < count; k += pictures.count)
        for (let y = 0; y < PATCH; y++) {
          const from = ((places[level].y[k] + y) * plane.width + places[level].x[k]) * channels;
          descriptors[level].set(plane.values.subarray(from, from + row), k * dim + y * row);
        }
    });
  }
  return descriptors.map((values) => ({ count, dim, values }));
}

/** The upper left corners of the patches of each level. */
function patchPlaces({ height, width, channels, levels, count, seed, name }: PatchPlan) {
  const places = stream(seed, name);
  // A pyramid of nothing, for the sizes of its levels.
  const empty: Plane = { height, width, channels, values: new Float32Array(height * width * channels) };
  return laplacianPyramid(empty, levels).map((plane, level) => ({
    y: places.integers(2 * level, plane.height - PATCH + 1, new Int32Array(count)),
    x: places.integers(2 * level + 1, plane.width - PATCH + 1, new Int32Array(count)),
  }));
}

/**
 * Shifts and scales each channel over all descriptors to mean 0 and standard deviation 1, in place; a channel that is
 * the same everywhere becomes 0.
 */
export function normaliseChannels({ values }: Vectors, channels: number): void {
  const n = values.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let i = channel; i < values.length; i += channels) sum += values[i];
    const mean = sum / n;
    let squares = 0;
    for (let i = channel; i < values.length; i += channels) squares += (values[i] - mean) ** 2;
    const std = Math.sqrt(squares / n);
    // What is left of equal float32 numbers after subtracting their mean is rounding, not structure.
    const scale = std > 1e-6 * Math.abs(mean) ? 1 / std : 0;
    for (let i = channel; i < values.length; i += channels) values[i] = (values[i] - mean) * scale;
  }
}
