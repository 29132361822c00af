/** @file From the curves of single runs to what a chart draws: the median over seeds, and few enough points. */
import { median } from "./format.js";
import type { Points } from "./input.js";

/**
 * The median over runs at every kimg at which at least half of the runs have a value; seconds are the median too. Runs of
 * one budget log at the same kimg, so nothing is interpolated.
 */
export function medianCurve(runs: readonly Points[]): Points {
  const at = new Map<number, { seconds: number[]; values: number[] }>();
  for (const run of runs)
    for (const [kimg, seconds, value] of run) {
      if (!Number.isFinite(value)) continue;
      const entry = at.get(kimg) ?? { seconds: [], values: [] };
      at.set(kimg, entry);
      entry.seconds.push(seconds);
      entry.values.push(value);
    }
  return [...at]
    .filter(([, { values }]) => 2 * values.length >= runs.length)
    .sort(([a], [b]) => a - b)
    .map(([kimg, { seconds, values }]) => [kimg, median(seconds), median(values)] as const);
}

/**
 * At most `most` points that keep the look of the curve: the largest-triangle-three-buckets rule of Steinarsson (2013),
 * "Downsampling Time Series for Visual Representation", Sec. 4.2, over kimg. Points that are not finite are kept as gaps
 * only when nothing has to be dropped.
 */
export function thin(points: Points, most: number): Points {
  if (points.length <= most) return points;
  const finite = points.filter(([, , value]) => Number.isFinite(value));
  const first = finite[0];
  const last = finite.at(-1);
  if (!first || !last || finite.length <= most) return finite;
  const kept = [first];
  const width = (finite.length - 2) / (most - 2);
  let [left] = [first];
  for (let bucket = 0; bucket < most - 2; bucket++) {
    const start = 1 + Math.floor(bucket * width);
    const end = 1 + Math.floor((bucket + 1) * width);
    const next = finite.slice(end, Math.min(finite.length, 1 + Math.floor((bucket + 2) * width)));
    const x = next.length === 0 ? last[0] : next.reduce((sum, [kimg]) => sum + kimg, 0) / next.length;
    const y = next.length === 0 ? last[2] : next.reduce((sum, [, , value]) => sum + value, 0) / next.length;
    let best = finite[start] ?? last;
    let largest = -1;
    for (const point of finite.slice(start, end)) {
      const area = Math.abs((left[0] - x) * (point[2] - left[2]) - (left[0] - point[0]) * (y - left[2]));
      if (area > largest) [largest, best] = [area, point];
    }
    kept.push(best);
    left = best;
  }
  kept.push(last);
  return kept;
}
