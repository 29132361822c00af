/** @file The process that sends a run, comparison or sweep to MLflow while another one plays it. */
import { mlflowTracker, type Follower, type Sent } from "@gan-arena/tracking/mlflow";
import { startCell } from "../compare/child.js";
import type { Context } from "../context.js";
import type { TrackingOutcome } from "./outcome.js";

/** What the process prints with `--events`. */
export type FollowerMessage =
  | { readonly kind: "tracking"; readonly problem: string | null }
  | ({ readonly kind: "tracking-end"; readonly uri: string } & Sent);

export interface Following extends Follower {
  readonly outcome: TrackingOutcome | undefined;
}

interface FollowRequest {
  readonly context: Context;
  readonly id: string;
  readonly address: string;
  readonly note: (text: string) => void;
}

/** A process of its own, with a low priority: training neither waits for it nor shares its memory. */
export function startFollower({ context, id, address, note }: FollowRequest): Following {
  let end: Extract<FollowerMessage, { kind: "tracking-end" }> | undefined;
  let problem: string | null = null;
  const words = ["sync", id, "--watch", ...globalWords(context)];
  const env = { MLFLOW_TRACKING_URI: address };
  const child = startCell(words, {
    env,
    onMessage(message) {
      const told = message as unknown as FollowerMessage;
      if (told.kind === "tracking-end") end = told;
      if (told.kind !== "tracking" || told.problem === problem) return;
      problem = told.problem;
      note(problem === null ? "MLflow: all is well again" : `MLflow: ${problem} (training goes on)`);
    },
  });
  let outcome: TrackingOutcome | undefined;
  const again = `nothing is lost, send it later with: ${context.commandLine(`sync ${id}`)}`;
  return {
    get outcome() {
      return outcome;
    },
    async finish() {
      child.stop();
      const { exitCode, signal, lastWords } = await child.done;
      if (end === undefined) {
        const last = lastWords
          .trim()
          .split("\n")
          .at(-1)
          ?.replace(/^error: /u, "");
        const why = last || `the process that sends ended with ${signal ?? exitCode ?? "no code"}`;
        outcome = { complete: false, uri: "", url: null, problem: `${why}; ${again}` };
      } else {
        const { uri, experimentId, problems } = end;
        const url = experimentId === undefined ? null : `${uri}/#/experiments/${experimentId}/runs`;
        const [first] = problems;
        outcome = {
          complete: first === undefined,
          uri,
          url,
          problem: first === undefined ? null : `${first}; ${again}`,
        };
      }
    },
  };
}

/** The process sees the same store and the same plugins. */
const globalWords = ({ home, config, plugins }: Context): string[] => [
  "--home",
  home,
  ...(config.file === undefined ? [] : ["--config", config.file]),
  ...plugins.flatMap(({ specifier }) => ["--plugin", specifier]),
];

/** The tracker of `train` and `resume`, registered or not: it has the form of those of plugins. */
export function mlflowFactory(request: Omit<FollowRequest, "id">) {
  let following: Following | undefined;
  const factory = mlflowTracker((runId) => (following = startFollower({ ...request, id: runId })));
  return { factory, outcome: () => following?.outcome };
}
