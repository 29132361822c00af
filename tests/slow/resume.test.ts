/**
 * @file Killed at random moments with no chance to save, and resumed until done, a run ends with the same weights and the
 * same events as one that was never stopped.
 */
import { once } from "node:events";
import { readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stream, type RunEvent } from "@gan-arena/core/base";
import { latestEvents, readEvents } from "@gan-arena/tracking";
import { describe, expect, it } from "vitest";
import { arenaJson, COMMAND, start, temporaryFolder, type TrainDocument } from "../support/command.js";

interface Scene {
  readonly name: string;
  readonly words: readonly string[];
  /** Rounds of the whole run. */
  readonly rounds: number;
  readonly kills: number;
}

const SCENES: readonly Scene[] = [
  {
    name: "gan on ring",
    words:
      "train gan --dataset ring --seed 3 --kimg 384 --batch 64 --set hidden=32 --metrics swd-points2k --metric-kimg 128".split(
        " ",
      ),
    rounds: 6000,
    kills: 5,
  },
  {
    name: "dcgan on mnist",
    words:
      "train dcgan --dataset mnist --seed 3 --kimg 4.8 --batch 16 --set filters=4 --metrics swd-pixels2k --metric-kimg 1.6".split(
        " ",
      ),
    rounds: 300,
    kills: 4,
  },
];

/** The moments, as rounds of the first three quarters, in order; seeded, so that a failure can be played again. */
function momentsOf({ rounds, kills }: Scene): number[] {
  const draws = stream(42, "tests/resume").uniform(0, new Float32Array(kills));
  return Array.from(draws, (draw) => Math.floor(0.75 * draw * rounds)).sort((a, b) => a - b);
}

interface Line {
  readonly kind: string;
  readonly round?: number;
  readonly kimg?: number;
}

/** When to kill: told of every line of the run, and given a way to do it. */
type Trigger = (line: Line, kill: () => void) => void;

const atRound =
  (round: number): Trigger =>
  (line, kill) => {
    if ((line.round ?? 0) >= round) kill();
  };

/** While a checkpoint is being written: as soon as its file appears under the temporary name. */
function insideCheckpoint(home: string): Trigger {
  let watching = false;
  return (line, kill) => {
    if (watching || line.kind !== "checkpoint") return;
    watching = true;
    const [runId = ""] = readdirSync(join(home, "runs"));
    const watcher = watch(join(home, "runs", runId, "checkpoints"), (_, name) => {
      if (name === null || /^\d{9}\.safetensors$/u.test(name)) return;
      watcher.close();
      kill();
    });
    watcher.unref();
  };
}

/**
 * Runs the command until the trigger says so, and kills it with the signal that nobody can catch.
 * @returns the last round that it told of, or undefined when it finished first
 */
async function killAt(trigger: Trigger, words: readonly string[]): Promise<number | undefined> {
  const { child, ended } = start(process.execPath, [COMMAND, ...words, "--events"]);
  let round = 0;
  let killedAt: number | undefined;
  const kill = () => {
    killedAt ??= round;
    child.kill("SIGKILL");
  };
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  lines.on("line", (line) => {
    const message = JSON.parse(line) as Line;
    round = message.round ?? round;
    trigger(message, kill);
  });
  const closed = once(lines, "close");
  const { signal, code, stderr } = await ended;
  await closed;
  const finished = killedAt === undefined;
  expect({ code, signal, stderr }).toEqual({ code: finished ? 0 : null, signal: finished ? null : "SIGKILL", stderr });
  return killedAt;
}

/** Terms and metrics with their places: what does not depend on the clock. */
async function factsOf(home: string, runId: string): Promise<unknown[]> {
  const events: RunEvent[] = [];
  for await (const event of readEvents(join(home, "runs", runId, "events.jsonl"))) events.push(event);
  return latestEvents(events)
    .filter(({ kind }) => kind === "terms" || kind === "metric")
    .map(({ time: _time, seconds: _seconds, ...fact }) => fact);
}

describe.each(SCENES)("$name", (scene) => {
  const fixed = ["--threads", "1"];

  it("ends with the same weights and events however often it is killed", async () => {
    const whole = temporaryFolder();
    const reference = await arenaJson<TrainDocument>([...scene.words, ...fixed, "--home", whole]);

    const home = temporaryFolder();
    const [first = 0, ...later] = momentsOf(scene);
    const killed = [await killAt(atRound(first), [...scene.words, ...fixed, "--home", home])];
    const [runId = ""] = readdirSync(join(home, "runs"));
    for (const moment of later) killed.push(await killAt(atRound(moment), ["resume", runId, "--home", home]));
    killed.push(await killAt(insideCheckpoint(home), ["resume", runId, "--home", home]));
    const resumed = await arenaJson<TrainDocument>(["resume", runId, "--home", home]);

    // Every kill met a run that was under way; else less was tested than is said.
    expect(killed.filter((round) => round !== undefined && round < scene.rounds)).toHaveLength(scene.kills + 1);
    expect(resumed).toMatchObject({
      status: "finished",
      kimg: reference.kimg,
      gradientEvaluations: reference.gradientEvaluations,
      metrics: reference.metrics,
      weightsSha256: reference.weightsSha256,
    });
    expect(await factsOf(home, runId)).toEqual(await factsOf(whole, reference.runId));
    // Nothing half written is left over.
    const left = readdirSync(join(home, "runs", runId, "checkpoints"));
    expect(left.filter((name) => !/^\d{9}\.safetensors$/u.test(name))).toEqual([]);
  });
});
