export {
  pngDataUri,
  type PngDataUri,
  type Points,
  type ReportCell,
  type ReportCurve,
  type ReportImage,
  type ReportInput,
  type ReportRanking,
  type ReportRankingRow,
} from "./input.js";
export { renderReport } from "./render-report.js";
export type { SweepParameter, SweepReportInput, SweepTrial } from "./sweep/input.js";
export { renderSweepReport } from "./sweep/render-sweep-report.js";
export { verdictOf, type VerdictSentence } from "./verdict.js";
