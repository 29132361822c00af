/** @file What a comparison or sweep has come to, as its command leaves it in `summary.json`, for whoever shows it elsewhere. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const SUMMARY_FILE = "summary.json";

export interface Summary {
  readonly formatVersion: 1;
  readonly status: "finished" | "interrupted" | "failed";
  /** Ranking and verdicts, in Markdown. */
  readonly markdown: string;
  /** What the runs are ranked by: a metric's name. */
  readonly rankedBy?: { readonly metric: string; readonly better: "lower" | "higher" };
  /** Runs whose weights are worth keeping elsewhere too; all of them when left out. */
  readonly best?: readonly string[];
}

/** Undefined until there is one that can be read. */
export function readSummary(directory: string): Summary | undefined {
  try {
    const value = JSON.parse(readFileSync(join(directory, SUMMARY_FILE), "utf8")) as Partial<Summary> | null;
    const sound = value?.formatVersion === 1 && typeof value.markdown === "string" && typeof value.status === "string";
    return sound ? (value as Summary) : undefined;
  } catch {
    return undefined;
  }
}
