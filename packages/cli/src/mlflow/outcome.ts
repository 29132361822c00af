/** @file What became of following a run, comparison or sweep. Loads nothing that is not wanted. */
import type { Context } from "../context.js";
import type { Following } from "./follow.js";

/** What became of it: part of the documents of `train`, `compare` and `sweep`. */
export interface TrackingOutcome {
  readonly complete: boolean;
  /** Without credentials. */
  readonly uri: string;
  /** Where its runs are shown. */
  readonly url: string | null;
  /** One sentence, when it is not complete. */
  readonly problem: string | null;
}

/** Everything that was trained is in the store, and not all of it on the server. */
export const TRACKING_INCOMPLETE = 3;

/** The last line about a run, for people. */
export const trackingText = ({ complete, url, problem }: TrackingOutcome): string =>
  complete ? `MLflow:  ${url ?? ""}` : `MLflow:  incomplete: ${problem ?? ""}`;

/** What the tracking adds to the end of a command that has done its own work. */
export const withTracking = (exitCode: number, tracking: TrackingOutcome | undefined): number =>
  exitCode === 0 && tracking?.complete === false ? TRACKING_INCOMPLETE : exitCode;

/** @param address undefined when nobody shall follow */
export async function startFollowing(
  address: string | undefined,
  context: Context,
  { id, note }: { readonly id: string; readonly note: (text: string) => void },
): Promise<Following | undefined> {
  if (address === undefined) return undefined;
  const { startFollower } = await import("./follow.js");
  return startFollower({ context, id, address, note });
}
