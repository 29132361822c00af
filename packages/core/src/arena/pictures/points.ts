/** @file Plots of points: generated ones in blue over real ones in grey. */
import type { HostTensor } from "../../contracts/tensors.js";
import type { Picture } from "../../contracts/tracker.js";
import { Canvas, type Colour } from "./canvas.js";

const WHITE: Colour = [255, 255, 255];
const GREY: Colour = [176, 176, 176];
const BLUE: Colour = [31, 91, 214];
const SIZE = 384;
/** Room around the real data, as a share of its extent, so that stray samples are seen. */
const MARGIN = 0.2;
const BINS = 64;

/** Two-dimensional points (of more dimensions the first two) as dots. @param points `[N,dim]` @param real `[M,dim]`; sets the extent */
export function scatterPlot(points: HostTensor, real: HostTensor): Picture {
  const canvas = new Canvas(SIZE, SIZE, WHITE);
  // One scale for both axes, so that round modes look round.
  const [xLow, xHigh] = extent(real, 0);
  const [yLow, yHigh] = extent(real, 1);
  const scale = SIZE / Math.max(xHigh - xLow, yHigh - yLow);
  const place = (x: number, y: number): [number, number] => [
    SIZE / 2 + (x - (xLow + xHigh) / 2) * scale,
    SIZE / 2 - (y - (yLow + yHigh) / 2) * scale,
  ];
  // Wider than generated ones, so that a mode which is hit well still shows its grey rim.
  for (const [x, y] of pairs(real)) canvas.dot(...place(x, y), { radius: 6, colour: GREY, alpha: 0.2 });
  for (const [x, y] of pairs(points))
    if (Number.isFinite(x) && Number.isFinite(y)) canvas.dot(...place(x, y), { radius: 1.5, colour: BLUE, alpha: 0.6 });
  return canvas.picture();
}

/** One-dimensional points as histograms of one scale. @param points `[N,1]` @param real `[M,1]`; sets the extent */
export function histogram(points: HostTensor, real: HostTensor): Picture {
  const height = SIZE / 2;
  const canvas = new Canvas(SIZE, height, WHITE);
  const range = extent(real, 0);
  const realShares = shares(real, range);
  const pointShares = shares(points, range);
  const scale = (height * 0.95) / Math.max(...realShares, ...pointShares, 1 / BINS);
  const width = SIZE / BINS;
  for (let bin = 0; bin < BINS; bin++) {
    const left = bin * width;
    const top = (share: number): number => height - share * scale;
    canvas.bar({ left, right: left + width, top: top(realShares[bin]), bottom: height }, GREY, 0.6);
    canvas.bar({ left: left + 1, right: left + width - 1, top: top(pointShares[bin]), bottom: height }, BLUE, 0.6);
  }
  return canvas.picture();
}

const axisValue = (points: HostTensor, row: number, axis: number): number =>
  points.data[row * (points.shape[1]) + axis];

function* pairs(points: HostTensor): Generator<[number, number]> {
  for (let row = 0; row < (points.shape[0]); row++)
    yield [axisValue(points, row, 0), axisValue(points, row, 1)];
}

function extent(points: HostTensor, axis: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let row = 0; row < (points.shape[0]); row++) {
    low = Math.min(low, axisValue(points, row, axis));
    high = Math.max(high, axisValue(points, row, axis));
  }
  const room = high > low ? (high - low) * MARGIN : 1;
  return [low - room, high + room];
}

/** The share of all points that falls into each bin; points outside the range count, but are not drawn. */
function shares(points: HostTensor, [low, high]: readonly [number, number]): number[] {
  const result = Array<number>(BINS).fill(0);
  const count = points.shape[0];
  for (let row = 0; row < count; row++) {
    const bin = Math.floor(((axisValue(points, row, 0) - low) / (high - low)) * BINS);
    if (bin >= 0 && bin < BINS) result[bin] = (result[bin]) + 1 / count;
  }
  return result;
}
