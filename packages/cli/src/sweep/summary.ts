/** @file What a sweep has come to, in Markdown, for pages that are not ours. */
import type { Summary } from "@gan-arena/tracking";
import type { Context } from "../context.js";
import { formatNumber } from "../terminal/format.js";
import { markdownTable } from "../terminal/markdown.js";
import { bestCommand, type SweepConclusion } from "./document.js";
import { constants } from "./parameters.js";

const TOP = 10;

export function sweepSummary(conclusion: SweepConclusion, context: Context): Summary {
  const { checked, state, ranked, importance, verdicts } = conclusion;
  const trials = [...state.trials.values()];
  const [objective] = checked.spec.objectives;
  const command = bestCommand(conclusion, context);
  const shares = Object.entries(importance).sort(([, a], [, b]) => b - a);
  const parts = [
    ranked.length === 0 ? "No trial is complete." : rankingMarkdown(conclusion),
    shares.length === 0
      ? ""
      : markdownTable(
          ["parameter", "share of variance"],
          shares.map(([path, share]) => [path, share.toFixed(2)]),
        ),
    verdicts.map((line) => `- ${line}`).join("\n"),
    command === undefined ? "" : `The best again: \`${command}\``,
  ];
  const open = trials.some(({ state: is }) => is === "open");
  const metric = checked.metrics.find((name) => name === objective?.name);
  return {
    formatVersion: 1,
    status: open ? "interrupted" : ranked.length > 0 ? "finished" : "failed",
    markdown: parts.filter((part) => part !== "").join("\n\n"),
    ...(metric === undefined
      ? {}
      : { rankedBy: { metric, better: objective?.goal === "maximize" ? ("higher" as const) : ("lower" as const) } }),
    best: (ranked[0]?.runs ?? []).map(({ runId }) => runId),
  };
}

function rankingMarkdown({ checked, state, ranked }: SweepConclusion): string {
  const { objectives } = checked.spec;
  const fixed = constants(state.trials.values());
  const paths = [...new Set(ranked.flatMap(({ params }) => Object.keys(params)))].filter((path) => !fixed.has(path));
  const shown = (value: string | number | boolean | null | undefined) =>
    value === undefined ? "" : typeof value === "number" ? formatNumber(value) : String(value);
  return markdownTable(
    ["place", "trial", ...objectives.map(({ name }) => name), ...paths],
    ranked
      .slice(0, TOP)
      .map(({ number, values, params }, i) => [
        String(i + 1),
        String(number),
        ...values.map(shown),
        ...paths.map((path) => shown(params[path])),
      ]),
  );
}
