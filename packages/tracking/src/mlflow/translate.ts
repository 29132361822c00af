/** @file Events and specs in MLflow's words. The step of everything is the number of real images shown to D. */
import { fromLogged, type RunEvent, type RunSpec } from "@gan-arena/core/base";
import { toKey, type DatasetInput, type MetricInput } from "mlflow-js-client";
import type { PictureEvent } from "../events.js";

export type Seen = Readonly<Record<string, number>>;

export interface Translation {
  readonly metrics: readonly MetricInput[];
  readonly tags: Readonly<Record<string, string>>;
  readonly pictures: readonly PictureEvent[];
  readonly seen: Seen;
}

export const stepOf = ({ kimg }: { readonly kimg: number }): number => Math.round(kimg * 1000);

/** The key of a metric of the arena; MLflow draws what is before the slash as a section of charts. */
export const metricKey = (name: string): string => toKey(`eval/${name}`);

/**
 * Points, tags and pictures of some events. A round that was sent before is passed over: a resumed run plays and logs it
 * again, with the same values and other times, and two points at one step would be drawn as a jump.
 */
export function translate(events: readonly RunEvent[], before: Seen): Translation {
  const seen: Record<string, number> = { ...before };
  const metrics: MetricInput[] = [];
  const tags: Record<string, string> = {};
  const pictures: PictureEvent[] = [];
  const isNew = (key: string, { round }: RunEvent): boolean => {
    if (round <= (seen[key] ?? -1)) return false;
    seen[key] = round;
    return true;
  };
  for (const event of events) {
    const at = { step: stepOf(event), timestamp: event.time };
    const point = (key: string, value: number) => metrics.push({ key, value, ...at });
    if (event.kind === "terms" && isNew("terms", event))
      for (const [name, value] of Object.entries(event.values)) point(toKey(name), fromLogged(value));
    else if (event.kind === "health" && isNew("health", event))
      for (const [name, value] of Object.entries(event.values)) point(toKey(`health/${name}`), fromLogged(value));
    else if (event.kind === "metric" && isNew(`metric ${event.name}`, event)) {
      point(metricKey(event.name), fromLogged(event.value));
      tags[toKey(`protocol.${event.name}`)] = `${event.protocol} (${event.samples} samples, ${event.split})`;
      // The three measures of the budget stand beside every score.
      if (isNew("budget", event)) {
        point("budget/kimg", event.kimg);
        point("budget/gradientEvaluations", event.gradientEvaluations);
        point("budget/seconds", event.seconds);
      }
    } else if ((event.kind === "image" || event.kind === "points") && isNew(`${event.kind} ${event.name}`, event))
      pictures.push(event);
  }
  return { metrics, tags, pictures, seen };
}

/** Settings with dots for levels: `config.optimizer.lr`. */
export function paramsOf(spec: RunSpec): Record<string, string> {
  const { kimg, batchSize } = spec.options;
  return {
    variant: spec.variant,
    dataset: spec.dataset,
    seed: String(spec.seed),
    kimg: String(kimg),
    batchSize: String(batchSize),
    engine: spec.engine.engine,
    threads: String(spec.engine.threads),
    ...flattened("config", spec.config),
    ...flattened("data", spec.datasetConfig),
  };
}

/** @example flattened("config", { lr: 1e-4, D: { lr: 2e-4 } }) // { "config.lr": "0.0001", "config.D.lr": "0.0002" } */
export function flattened(prefix: string, value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
    return { [toKey(prefix)]: text };
  }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, part]) => flattened(`${prefix}.${key}`, part)),
  ) as Record<string, string>;
}

export function tagsOf(spec: RunSpec): Record<string, string> {
  const { kimg } = spec.options;
  const engine = [spec.engine.engine, ...Object.values(spec.engine.versions).slice(0, 1)].join(" ");
  return {
    variant: spec.variant,
    dataset: spec.dataset,
    engine,
    budget: `${kimg} kimg`,
    "gan-arena.run": spec.runId,
    "gan-arena.version": spec.versions["gan-arena"] ?? "unknown",
    ...(spec.comparison === undefined ? {} : { "gan-arena.group": spec.comparison }),
    "mlflow.source.name": "gan-arena",
    "mlflow.source.type": "LOCAL",
    ...(spec.gitCommit === undefined ? {} : { "mlflow.source.git.commit": spec.gitCommit, gitCommit: spec.gitCommit }),
  };
}

/** Shown in the UI's column Dataset. */
export const datasetOf = (spec: RunSpec): DatasetInput => ({
  context: "training",
  dataset: {
    name: spec.dataset,
    digest: spec.dataFingerprint.slice(0, 36) || "unknown",
    sourceType: "code",
    source: JSON.stringify({ package: "gan-arena", dataset: spec.dataset, config: spec.datasetConfig }),
  },
});
