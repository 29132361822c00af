/** @file Events as curves and pictures: what reports and dashboards draw. */
import { fromLogged, type RunEvent } from "@gan-arena/core/base";
import { latestEvents } from "./events.js";

export interface Curve {
  /** A metric's name, or a term's or probe's such as `D/penalty`, `score/real`. */
  readonly name: string;
  readonly kind: "metric" | "term" | "health";
  /** `[kimg, seconds, value]` in order of rounds; a value that is not finite is kept as NaN or an infinity. */
  readonly points: readonly (readonly [kimg: number, seconds: number, value: number])[];
}

/** One curve for each metric, term and health figure, in order of name; events may hold replays and need no order. */
export function curvesOf(events: Iterable<RunEvent>): Curve[] {
  const curves = new Map<string, { name: string; kind: Curve["kind"]; points: [number, number, number][] }>();
  const add = (kind: Curve["kind"], name: string, event: RunEvent, value: number) => {
    const key = `${kind}\n${name}`;
    const curve = curves.get(key) ?? { name, kind, points: [] };
    curves.set(key, curve);
    curve.points.push([event.kimg, event.seconds, value]);
  };
  for (const event of latestEvents(events)) {
    if (event.kind === "metric") add("metric", event.name, event, fromLogged(event.value));
    else if (event.kind === "terms" || event.kind === "health") {
      const kind = event.kind === "terms" ? "term" : "health";
      for (const [name, value] of Object.entries(event.values)) add(kind, name, event, fromLogged(value));
    }
  }
  return [...curves.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
