/** @file The tracker of a run that MLflow is to follow. */
import type { Tracker, TrackerFactory } from "@gan-arena/core/base";

/** Somebody who sends a run, or a comparison or sweep, elsewhere than in the process that trains. */
export interface Follower {
  /** The playing is over: resolves when the rest was sent, or cannot be. It never rejects. */
  finish(): Promise<void>;
}

/**
 * It keeps nothing and sends nothing: the store has written every event before a tracker hears of it, and the follower
 * reads them there. So training never waits for a server, and no queue grows in its memory.
 * @param follow starts a follower of the run of that name
 */
export const mlflowTracker = (follow: (runId: string) => Follower): TrackerFactory => ({
  name: "mlflow",
  create(): Tracker {
    let follower: Follower | undefined;
    return {
      start: async ({ runId }) => void (follower = follow(runId)),
      log: async () => undefined,
      image: async () => "",
      artifact: async (name) => name,
      finish: async () => follower?.finish(),
    };
  },
});
