export { Journal, readJournal, type ReadJournal } from "./journal.js";
export type {
  AttemptRecord,
  CrashRecord,
  EndRecord,
  EndState,
  JournalRecord,
  ReportRecord,
  RunRecord,
  TrialRecord,
} from "./records.js";
export type { JournalState, TrialView } from "./state.js";
