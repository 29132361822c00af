/** @file Numbers, times and sizes as people read them. */

/** 3 significant digits without an exponent where that is short: 0.00123, 12.3, 4560, 1.2e-7. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  if (Number.isInteger(value)) return String(value);
  return size >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** Two digits after the point at most: 12.8, 0.51, 200. */
export const formatKimg = (kimg: number): string => formatNumber(Number(kimg.toFixed(2)));

/** 4s, 1m05s, 2h03m. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}

/** 812 B, 3.4 MiB, 12 GiB. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[power] ?? "B"}`;
}

/** "1 run", "2 runs". */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

const two = (value: number): string => String(value).padStart(2, "0");
