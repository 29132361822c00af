/** @file What a comparison has come to, in Markdown, for pages that are not ours. */
import type { Summary } from "@gan-arena/tracking";
import type { Ranking } from "@gan-arena/metrics";
import { formatNumber } from "../terminal/format.js";
import { markdownTable } from "../terminal/markdown.js";
import type { Conclusion } from "./document.js";
import { notesOf } from "./ranking-text.js";

export function summaryOf({ spec, cells, rankings, verdicts }: Conclusion): Summary {
  const missing = cells.filter(({ status }) => status !== "finished");
  const [first] = rankings;
  const markdown = [
    ...rankings.map(rankingMarkdown),
    [...verdicts, ...notesOf(rankings).map((note) => `note: ${note}`)].map((line) => `- ${line}`).join("\n"),
    ...missing.map(
      ({ variant, seed, status, message }) =>
        `${variant} with seed ${seed} is ${status}${message ? `: ${message}` : ""}.`,
    ),
    `Again: \`gan-arena compare --variants ${spec.variants.join(",")} --dataset ${spec.dataset} --seeds ${spec.seeds.join(",")} --kimg ${spec.kimg}\``,
  ];
  return {
    formatVersion: 1,
    status:
      missing.length === 0 ? "finished" : missing.some(({ status }) => status === "failed") ? "failed" : "interrupted",
    markdown: markdown.filter((part) => part !== "").join("\n\n"),
    ...(first === undefined ? {} : { rankedBy: { metric: first.metric, better: first.better } }),
  };
}

function rankingMarkdown({ metric, protocol, better, rows }: Ranking): string {
  const score = (value: number) => (Number.isNaN(value) ? "-" : formatNumber(value));
  const table = markdownTable(
    ["place", "variant", "median", "min", "max", "95% of mean", "seeds", "against the best"],
    rows.map(({ place, variant, median, min, max, ci, n, verdict, p }) => [
      n === 0 ? "-" : String(place),
      variant,
      score(median),
      score(min),
      score(max),
      ci ? `${formatNumber(ci.low)} to ${formatNumber(ci.high)}` : "-",
      String(n),
      p === undefined ? verdict : `${verdict} (p = ${p.toPrecision(2)})`,
    ]),
  );
  return `**${metric}** (${better} is better; ${protocol})\n\n${table}`;
}
