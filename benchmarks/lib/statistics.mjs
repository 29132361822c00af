/** @file Medians and quartiles: one slow round must not move a result. */

/** The value below which a share `q` of the numbers lies, between neighbours by interpolation. @param q in [0,1] */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

export const median = (values) => quantile(values, 0.5);

/** First and third quartile. @returns {[number, number]} */
export const quartiles = (values) => [quantile(values, 0.25), quantile(values, 0.75)];
