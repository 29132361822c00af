/** @file A transposed convolution taken apart: one small convolution for each residue of the stride. */
import type { Geometry } from "../trace/kernels/convolution.js";

/** One of the strides x strides interleaved images that a transposed convolution yields, as a convolution of stride 1. */
export interface OutputPhase {
  /** Taps of the filter, in the order in which they are applied, by axis. */
  readonly taps: readonly [readonly number[], readonly number[]];
  /** top, left, bottom, right */
  readonly pads: readonly number[];
  readonly extent: readonly [number, number];
}

interface AxisPhase {
  readonly taps: readonly number[];
  readonly before: number;
  readonly after: number;
  readonly extent: number;
}

/**
 * The phases of the input gradient dx[s q + a] = sum_t dy[q + c - t] w[r + s t] with r = (a + p) mod s and
 * c = floor((a + p) / s): each residue a is a convolution of dy with every s-th tap, reversed.
 * @returns undefined when the extents do not interleave evenly, or a padding would be negative
 */
export function outputPhases(
  { strides, dilations, pads, kernel }: Geometry,
  shape: readonly number[],
  small: readonly number[],
): OutputPhase[][] | undefined {
  if (dilations[0] !== 1 || dilations[1] !== 1) return undefined;
  const axis = (i: 0 | 1): AxisPhase[] | undefined => {
    const [full, extent, stride] = [shape[i + 1], small[i + 1], strides[i]];
    if (full % stride !== 0) return undefined;
    const phases = Array.from({ length: stride }, (_, a): AxisPhase => {
      const r = (a + pads[i]) % stride;
      const count = Math.ceil((kernel[i] - r) / stride);
      const before = count - 1 - Math.floor((a + pads[i]) / stride);
      const taps = Array.from({ length: count }, (_, u) => r + stride * (count - 1 - u));
      return { taps, before, after: full / stride + count - 1 - extent - before, extent: full / stride };
    });
    return phases.every(({ taps, before, after }) => taps.length > 0 && before >= 0 && after >= 0) ? phases : undefined;
  };
  const [rows, columns] = [axis(0), axis(1)];
  if (!rows || !columns) return undefined;
  return rows.map((row) =>
    columns.map((column) => ({
      taps: [row.taps, column.taps],
      pads: [row.before, column.before, row.after, column.after],
      extent: [row.extent, column.extent],
    })),
  );
}
