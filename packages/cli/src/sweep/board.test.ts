/** @file What the screen shows of a sweep. */
import type { TrialView } from "@gan-arena/sweep";
import { describe, expect, test } from "vitest";
import { createOutput } from "../terminal/output.js";
import { plain } from "../terminal/style.js";
import { createBoard } from "./board.js";

const view = (number: number, state: TrialView["state"], value?: number): TrialView => ({
  number,
  params: { lr: 0.00123, loss: "hinge" },
  seeds: [0],
  state,
  values: value === undefined ? [] : [value],
  ...(state === "failed" ? { message: "it crashed" } : {}),
  runs: [],
  attempts: 1,
  crashes: 0,
  reopened: 0,
  seconds: 1,
});

function board(isTTY: boolean, views: TrialView[] = []) {
  let written = "";
  const stderr = { isTTY, columns: 120, write: (text: string) => (written += text) };
  let time = 0;
  const shown = createBoard({
    output: createOutput({ stdout: stderr, stderr, env: { NO_COLOR: "1" } }),
    objectives: [{ name: "swd", goal: "minimize" }],
    trials: 8,
    workers: 2,
    views,
    now: () => time,
  });
  return { shown, pass: (ms: number) => (time += ms), text: () => plain(written), clear: () => (written = "") };
}

describe("on a terminal", () => {
  test("counts, best so far, what runs, and when it will be over", () => {
    // Two are there already; two more end in 10 s, so the other four take 20 s.
    const { shown, pass, text, clear } = board(true, [view(0, "complete", 3), view(1, "pruned", 9)]);
    shown.trial(view(2, "open"));
    pass(10_000);
    shown.trial(view(3, "failed"));
    clear();
    shown.trial(view(4, "open"));
    pass(1);
    shown.trial(view(2, "complete", 1.5));
    shown.progress(view(4, "open"), { kimg: 1, totalKimg: 2, kimgPerSecond: 1 });
    clear();
    shown.close();
    expect(text()).toContain(
      "4 of 8 trials  1 running  2 complete  1 pruned  1 failed  ETA 20s  best swd 1.5 (trial 2)",
    );
    expect(text()).toMatch(/running +progress +kimg +swd +settings/u);
    expect(text()).toMatch(/ 4 +\S+ +1 +lr 0\.00123 {2}loss hinge/u);
    expect(text()).toMatch(/best +swd +settings\S*\n +2 +1\.5 +lr[^\n]*\n +0 +3 /u);
  });

  test("of many trials it shows the best five", () => {
    const { shown, text, clear } = board(true);
    for (let i = 0; i < 100; i++) shown.trial(view(i, "complete", 100 - i));
    clear();
    shown.close();
    const rows = text()
      .split("\n")
      .filter((line) => line.includes("hinge"));
    expect(rows.map((row) => row.trim().split(/\s+/u).slice(0, 2))).toEqual([
      ["99", "1"],
      ["98", "2"],
      ["97", "3"],
      ["96", "4"],
      ["95", "5"],
    ]);
  });
});

test("elsewhere: a line for each end, nothing for a beginning, failures with their reason", () => {
  const { shown, text } = board(false);
  shown.trial(view(0, "open"));
  shown.progress(view(0, "open"), { kimg: 1, totalKimg: 2, kimgPerSecond: 1 });
  expect(text()).toBe("");
  shown.trial(view(0, "complete", 0.25));
  shown.trial(view(1, "failed"));
  shown.note("a word");
  const lines = text().split("\n");
  expect(lines[0]).toBe("trial 0: 0.25  (lr 0.00123  loss hinge)");
  expect(lines[2]).toBe("trial 1: failed: it crashed  (lr 0.00123  loss hinge)");
  expect(lines.at(-2)).toBe("a word");
});
