/** @file Ranks trials of several objectives: fronts first, then those that stand alone. Deb et al. 2002, "NSGA-II", Sec. III. */
import { paretoFront } from "../../study/pareto.js";

/** Indices of the `count` best points, best first: by front, within one by crowding distance. All values are losses. */
export function selectBest(points: readonly (readonly number[])[], count: number): number[] {
  const chosen: number[] = [];
  let rest = points.map((_, i) => i);
  while (chosen.length < count && rest.length > 0) {
    const front = paretoFront(rest.map((i) => points[i])).map((at) => rest[at]);
    const inFront = new Set(front);
    rest = rest.filter((i) => !inFront.has(i));
    const distance = crowding(front.map((i) => points[i]));
    const order = front.map((_, at) => at).sort((a, b) => distance[b] - distance[a] || front[a] - front[b]);
    chosen.push(...order.map((at) => front[at]));
  }
  return chosen.slice(0, count);
}

/** Sec. III-B: the sum over objectives of the gap between a point's neighbours, as a share of the whole; ends are infinite. */
export function crowding(front: readonly (readonly number[])[]): number[] {
  const distance = front.map(() => 0);
  for (let objective = 0; objective < (front[0]?.length ?? 0); objective++) {
    const order = front.map((_, i) => i).sort((a, b) => front[a][objective] - front[b][objective] || a - b);
    const at = (place: number) => front[order[place]][objective];
    const span = at(order.length - 1) - at(0);
    order.forEach((i, place) => {
      const isEnd = place === 0 || place === order.length - 1;
      if (isEnd) distance[i] = Infinity;
      else if (span > 0 && Number.isFinite(span)) distance[i] += (at(place + 1) - at(place - 1)) / span;
    });
  }
  return distance;
}
