/** @file Axes: where a value lies between 0 and 1, and which values to write beside. */
import { formatScore } from "../format.js";

/** One direction of a plot. */
export interface Scale {
  /** From 0 to 1; undefined where the value has no place. */
  at(value: unknown): number | undefined;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** Of things without order, or too few to draw as numbers. */
function choiceScale(values: readonly unknown[]): Scale {
  const names = [...new Set(values.map(String))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  // Each has a part of the axis and lies in its middle: the first and the last one keep clear of the edges.
  const place = (index: number) => (index + 0.5) / names.length;
  return {
    at: (value) => {
      const index = names.indexOf(String(value));
      return index < 0 ? undefined : place(index);
    },
    ticks: names.map((label, index) => ({ at: place(index), label })),
  };
}

/** @param log logarithmic where all values are above 0 */
export function numberScale(values: readonly number[], log: boolean): Scale {
  const finite = values.filter(Number.isFinite);
  const useLog = log && finite.every((value) => value > 0) && finite.length > 0;
  const turn = useLog ? Math.log10 : (value: number) => value;
  const [low, high] = [turn(smallest(finite)), turn(largest(finite))];
  const span = high - low;
  const place = (value: number) => (span > 0 ? (turn(value) - low) / span : 0.5);
  const marks = useLog ? logTicks(low, high) : linearTicks(low, high);
  return {
    at: (value) => (typeof value === "number" && Number.isFinite(value) ? place(value) : undefined),
    ticks: marks.map((value) => ({ at: place(value), label: formatScore(value) })),
  };
}

// Not Math.min(...values): ten thousand trials are more than a call takes.
const smallest = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** Numbers as numbers, anything else as choices. */
export function scaleOf(values: readonly unknown[], log: boolean): Scale {
  const known = values.filter((value) => value !== undefined);
  return known.every((value) => typeof value === "number") ? numberScale(known, log) : choiceScale(known);
}

/** Round numbers, three to six of them. */
function linearTicks(low: number, high: number): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [];
  if (low === high) return [low];
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => rounded((first + i) * step));
}

/** Powers of ten; 1, 2 and 5 of each where there are fewer than two of them, and else the ends. */
function logTicks(low: number, high: number): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [];
  if (low === high) return [10 ** low];
  const [first, last] = [Math.ceil(low - 1e-9), Math.floor(high + 1e-9)];
  if (last - first < 1) {
    const between = [first - 1, first, last].flatMap((power) => [1, 2, 5].map((factor) => factor * 10 ** power));
    const inside = [...new Set(between.map(rounded))].filter(
      (value) => Math.log10(value) > low - 1e-9 && Math.log10(value) < high + 1e-9,
    );
    return inside.length > 1 ? inside : [10 ** low, 10 ** high];
  }
  const stride = Math.ceil((last - first + 1) / 6);
  return Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, i) => rounded(10 ** (first + i * stride)));
}

const rounded = (value: number): number => Number(value.toPrecision(12));
