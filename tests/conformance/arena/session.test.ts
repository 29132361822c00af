import { describe, expect, it } from "vitest";
import { GanError, type Metric } from "@gan-arena/core";
import { lineVariant, meanMetric, open } from "./support.js";

const train = async (metrics: readonly Metric[] = [meanMetric], options = {}) => {
  const opened = await open(lineVariant(), { options });
  const progress: number[] = [];
  const result = opened.arena.train({
    metrics,
    trackers: [opened.tracker],
    checkpoints: opened.store,
    onProgress: ({ kimg }) => progress.push(kimg),
  });
  return { ...opened, progress, result };
};

describe("a session", () => {
  it("logs, judges, pictures and saves when kimg pass a multiple of their intervals, and at the end", async () => {
    // Rounds of 4 images up to 40: terms every 12, checkpoints every 16, pictures and metrics every 20.
    const { tracker, result } = await train();
    const images = (kind: "terms" | "checkpoint" | "image" | "metric" | "health"): number[] =>
      tracker.of(kind).map(({ kimg }) => Math.round(kimg * 1000));
    await result;
    expect(images("terms")).toEqual([12, 24, 36, 40]);
    expect(images("health")).toEqual([12, 24, 36, 40]);
    expect(images("checkpoint")).toEqual([16, 32, 40]);
    expect(images("image")).toEqual([0, 20, 40]);
    expect(images("metric")).toEqual([20, 40]);
    expect(tracker.of("status").map(({ status }) => status)).toEqual(["running", "finished"]);
    expect(tracker.finished).toBe("finished");
  });

  it("counts: 40 images of 4 are 10 rounds of 2 gradients", async () => {
    const { result } = await train();
    expect(await result).toMatchObject({ status: "finished", round: 10, kimg: 0.04, gradientEvaluations: 20 });
  });

  it("finishes the round that reaches the budget", async () => {
    const { result } = await train([], { kimg: 0.0401 });
    expect(await result).toMatchObject({ round: 11, kimg: 0.044 });
  });

  it("reports the metric of the final generator: b = 2 + 0.1 sum a", async () => {
    const { result, read } = await train();
    const { metrics } = await result;
    expect(metrics["mean10"].value).toBeCloseTo((await read("G/params"))[0], 6);
  });

  it("begins and ends with progress", async () => {
    const { result, progress } = await train();
    await result;
    expect([progress[0], progress.at(-1)]).toEqual([0, 0.04]);
  });

  it("a metric that throws fails the run by its name, after the weights were saved", async () => {
    const broken: Metric = { ...meanMetric, name: "broken", compute: () => Promise.reject(new TypeError("no such thing")) };
    const { result, store, tracker } = await train([broken], { metricKimg: 1 });
    await expect(result).rejects.toMatchObject({ code: "BAD_PLUGIN", message: "[metric/broken] compute threw: no such thing" });
    expect((await store.list())[0].round).toBe(10);
    expect(tracker.finished).toBe("failed");
  });

  it("a tracker that fails stops the run with its own error; what was saved stays", async () => {
    const { arena, store, tracker } = await open(lineVariant());
    let left = 12;
    const full = Object.assign(Object.create(tracker) as typeof tracker, {
      log: () => (left-- > 0 ? Promise.resolve() : Promise.reject(new GanError("NO_SPACE", "[store] no space is left"))),
    });
    await expect(arena.train({ metrics: [], trackers: [full], checkpoints: store })).rejects.toMatchObject({ code: "NO_SPACE" });
    expect((await store.list()).length).toBeGreaterThan(0);
    expect(full.finished).toBe("failed");
  });
});
