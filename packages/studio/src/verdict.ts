/** @file A ranking in one sentence. */
import { formatP, formatScore, listing, plural } from "./format.js";
import type { ReportRanking, ReportRankingRow } from "./input.js";

export interface VerdictSentence {
  /** The best is significantly better than every other, some, or no other; `none`: there is nothing to compare. */
  readonly kind: "clear" | "partial" | "open" | "none";
  readonly text: string;
}

/** Which variant is best under a metric, by how much, and whether the seeds support it. */
export function verdictOf(ranking: ReportRanking): VerdictSentence {
  const { metric, rows } = ranking;
  const scored = rows.filter((row) => row.n > 0);
  const [best, second] = scored;
  if (!best) return { kind: "none", text: `No run has a score under ${metric}.` };
  const leader = `${best.variant} has ${formatScore(best.median)} under ${metric}, the median of ${plural(best.n, "seed")}`;
  if (!second) return { kind: "none", text: `${leader}; there is no other score to compare it with.` };
  const others = scored.slice(1);
  const beaten = others.filter((row) => row.verdict === "significant");
  const equal = others.filter((row) => row.verdict !== "significant");
  const lead =
    best.median === second.median
      ? `${listing(scored.filter(({ median }) => median === best.median).map(({ variant }) => variant))} ` +
        `share the lead under ${metric}: median ${formatScore(best.median)}`
      : `${best.variant} is ahead under ${metric}: median ${formatScore(best.median)} against ${byHowMuch(best, second)}`;
  if (equal.length === 0) {
    const worstP = Math.max(...beaten.map((row) => row.p ?? 0));
    const each = beaten.length === 1 ? "" : " at most";
    return {
      kind: "clear",
      text: `${lead}. The difference${beaten.length === 1 ? " is" : "s from all others are"} significant (${formatP(worstP)}${each}).`,
    };
  }
  const from = (list: readonly ReportRankingRow[]) => listing(list.map((row) => withP(row)));
  const clear = beaten.length === 0 ? "The difference" : `The difference from ${from(beaten)} is significant, that`;
  return {
    kind: beaten.length > 0 ? "partial" : "open",
    text: `${lead}. ${clear} from ${from(equal)} is not significant.`,
  };
}

const withP = ({ variant, p }: ReportRankingRow): string => (p === undefined ? variant : `${variant} (${formatP(p)})`);

/** "0.2 of gan (40 % less)": the share only where it has a meaning, between positive medians. */
function byHowMuch(best: ReportRankingRow, second: ReportRankingRow): string {
  const text = `${formatScore(second.median)} of ${second.variant}`;
  if (!(best.median > 0 && second.median > 0)) return text;
  const change = best.median / second.median - 1;
  const share = Math.abs(100 * change);
  const percent = share < 1 ? share.toPrecision(1) : share.toFixed(0);
  return `${text} (${percent} % ${change < 0 ? "less" : "more"})`;
}
