/** @file What a sweep has come to, as text: trials by place, variants by their best trial, what matters, what to do next. */
import { seedValues, trainingSeconds, countStates, type TrialView } from "@gan-arena/sweep";
import type { Context } from "../context.js";
import { formatDuration, formatNumber } from "../terminal/format.js";
import { table, type Column } from "../terminal/table.js";
import { bestCommand, type SweepConclusion } from "./document.js";
import { constants } from "./parameters.js";
import { bestOfVariants } from "./verdict.js";

const TOP = 10;

export function conclusionText(conclusion: SweepConclusion, context: Context, top = TOP): string {
  const { stored, state, ranked, stop, report } = conclusion;
  const trials = [...state.trials.values()];
  const counts = Object.entries(countStates(trials))
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const failures = trials.filter(({ state: is }) => is === "failed").slice(0, 5);
  const command = bestCommand(conclusion, context);
  const open = stop === "interrupted" || stop === "time" || trials.some(({ state: is }) => is === "open");
  const sections = [
    `sweep ${stored.id}: ${counts.join(", ") || "no trials yet"}${stop === "target" ? "; the target is reached" : ""}`,
    ranked.length > 0 ? rankingText(conclusion, top) : "",
    variantsText(conclusion),
    importanceText(conclusion),
    failures.map(({ number, message }) => `trial ${number} failed: ${message ?? "no reason given"}`).join("\n"),
    command === undefined ? "" : `train the best again:\n  ${command}`,
    [
      ...(open ? [`go on with: ${context.commandLine(`sweep resume ${stored.id}`)}`] : []),
      ...(failures.length > 0
        ? [`failed ones again: ${context.commandLine(`sweep resume ${stored.id} --retry-failed`)}`]
        : []),
      ...(report === undefined ? [] : [`report:  ${report}`]),
      `journal: ${stored.journalFile}`,
    ].join("\n"),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

const value = (number: number | undefined): string => (number === undefined ? "-" : formatNumber(number));

const spread = (trial: TrialView): string => {
  const values = seedValues(trial);
  return values.length < 2 ? "" : `${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))}`;
};

function columns({ checked, state }: SweepConclusion): Column<TrialView & { place: number }>[] {
  const { objectives } = checked.spec;
  const several = [...state.trials.values()].some(({ seeds }) => seeds.length > 1);
  const fixed = constants(state.trials.values());
  const paths = [...new Set([...state.trials.values()].flatMap(({ params }) => Object.keys(params)))].filter(
    (path) => !fixed.has(path),
  );
  return [
    { title: "place", align: "right", cell: ({ place }) => String(place) },
    { title: "trial", align: "right", cell: ({ number }) => String(number) },
    ...objectives.map(({ name }, i) => ({
      title: several ? `${name} (median)` : name,
      align: "right" as const,
      cell: ({ values }: TrialView) => value(values[i]),
    })),
    ...(several ? [{ title: "over seeds", cell: spread }] : []),
    { title: "time", align: "right", cell: (trial) => formatDuration(trainingSeconds(trial)) },
    ...paths.map((path) => ({
      title: path,
      cell: ({ params }: TrialView) => {
        const setting = params[path];
        return setting === undefined ? "" : typeof setting === "number" ? formatNumber(setting) : String(setting);
      },
    })),
  ];
}

function rankingText(conclusion: SweepConclusion, top: number): string {
  const { ranked, checked } = conclusion;
  const rows = ranked.slice(0, top).map((trial, i) => ({ ...trial, place: i + 1 }));
  const { objectives } = checked.spec;
  const [first] = objectives;
  const title =
    objectives.length > 1
      ? `Pareto front of ${objectives.map(({ name }) => name).join(" and ")}`
      : `${first?.name} (${first?.goal === "maximize" ? "higher" : "lower"} is better)`;
  const more = ranked.length > rows.length ? `\n… and ${ranked.length - rows.length} more` : "";
  return `${title}\n${table(columns(conclusion), rows)}${more}`;
}

/** The best trial of each variant, where several are compared. */
function variantsText(conclusion: SweepConclusion): string {
  const { checked, state, verdicts } = conclusion;
  const best = bestOfVariants(checked, state.trials.values());
  if (best.length === 0) return "";
  const rows = best.map((trial, i) => ({ ...trial, place: i + 1 }));
  return [`best of each variant\n${table(columns(conclusion), rows)}`, verdicts.join("\n")]
    .filter(Boolean)
    .join("\n\n");
}

function importanceText({ importance }: SweepConclusion): string {
  const rows = Object.entries(importance).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return "";
  return `importance\n${table(
    [
      { title: "parameter", cell: ([path]) => path },
      { title: "share of variance", align: "right", cell: ([, share]) => share.toFixed(2) },
    ],
    rows,
  )}`;
}
