/** @file Numbers for people. */

/** Four significant digits, as in 0.01235, 12.35, 12,350; NaN and infinities by name. */
export function formatScore(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞");
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(2);
  return Number(value.toPrecision(size >= 1e4 ? Math.ceil(Math.log10(size)) : 4)).toLocaleString("en-US", {
    maximumSignificantDigits: 15,
  });
}

export const formatCount = (value: number): string => Math.round(value).toLocaleString("en-US");

export const formatKimg = (kimg: number): string =>
  kimg.toLocaleString("en-US", { maximumFractionDigits: kimg < 10 ? 2 : 1 });

/** 12.3 s, 4 min 05 s, 2 h 07 min. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return String(seconds);
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export const formatP = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`);

/** "a", "a and b", "a, b and c". */
export const listing = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

export const plural = (n: number, one: string, many = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : many}`;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
