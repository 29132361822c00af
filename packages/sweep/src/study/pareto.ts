/** @file Which trials no other trial beats in every objective. All values here are losses: smaller is better. */

/** a is at least as good everywhere and better somewhere. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  let better = false;
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? Infinity;
    if (value > other) return false;
    if (value < other) better = true;
  }
  return better;
}

/** Indices of the points that are not dominated, in ascending order; equal points all stay. */
export function paretoFront(points: readonly (readonly number[])[]): number[] {
  // In lexicographic order only earlier points can dominate a later one, and a dominated point never is needed as judge.
  const order = points.map((_, i) => i).sort((a, b) => lexicographic(points[a] ?? [], points[b] ?? []));
  const front: number[] = [];
  if ((points[0]?.length ?? 0) <= 2) {
    let [bestSecond, firstOfBest] = [Infinity, Number.NaN];
    for (const i of order) {
      const [first = 0, second = 0] = points[i] ?? [];
      if (front.length > 0 && (second > bestSecond || (second === bestSecond && first > firstOfBest))) continue;
      if (front.length === 0 || second < bestSecond) [bestSecond, firstOfBest] = [second, first];
      front.push(i);
    }
  } else
    for (const i of order) if (!front.some((judge) => dominates(points[judge] ?? [], points[i] ?? []))) front.push(i);
  return front.sort((a, b) => a - b);
}

function lexicographic(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
