/** @file The picture that suits some samples. */
import type { HostTensor } from "../../contracts/tensors.js";
import type { Picture } from "../../contracts/tracker.js";
import { imageGrid } from "./grid.js";
import { histogram, scatterPlot } from "./points.js";

/**
 * Images as a grid; points as dots, or as a histogram on a line.
 * @param samples `[N,H,W,C]` in [-1,1], or `[N,dim]`
 * @param real points to draw in grey behind and to set the extent; ignored for images
 * @param columns images in a row; default as square as can be
 * @throws GanError SHAPE_MISMATCH
 */
export function pictureOf(samples: HostTensor, real: HostTensor = samples, columns?: number): Picture {
  if (samples.shape.length !== 2) return imageGrid(samples, { columns });
  return samples.shape[1] === 1 ? histogram(samples, real) : scatterPlot(samples, real);
}
