import { describe, expect, it } from "vitest";
import type { Phase } from "../contracts/variant.js";
import { due, lazyCorrection, playsOfRound, Schedule } from "./schedule.js";

const phase = (name: string, options: Partial<Phase> = {}): Phase => ({
  name,
  updates: ["D"],
  draws: {},
  loss: () => ({ terms: {} }),
  ...options,
});

describe("playsOfRound", () => {
  const phases = [phase("critic", { repeat: 2 }), phase("r1", { every: 4 }), phase("generator", { updates: ["G"] })];

  it("plays phases in order, a repeated one repeat times, a lazy one in rounds 0, 4, 8, …", () => {
    expect(playsOfRound(phases, 0)).toEqual([0, 0, 1, 2]);
    expect(playsOfRound(phases, 1)).toEqual([0, 0, 2]);
    expect(playsOfRound(phases, 4)).toEqual([0, 0, 1, 2]);
  });

  it("asks a repeat that is a function in every round: 3 plays in round 0, then 1", () => {
    const first = [phase("critic", { repeat: (round) => (round === 0 ? 3 : 1) })];
    expect([0, 1, 2].map((round) => playsOfRound(first, round))).toEqual([[0, 0, 0], [0], [0]]);
  });

  it.each([0, 1.5, NaN])("refuses %d plays, and names phase and round", (count) => {
    const later = [phase("critic", { repeat: (round) => (round < 2 ? 1 : count) })];
    expect(playsOfRound(later, 1)).toEqual([0]);
    expect(() => playsOfRound(later, 2)).toThrow(
      `[critic] repeat must give a whole number from 1 on, got ${count} for round 2`,
    );
  });
});

describe("Schedule", () => {
  it("has the plays of every round, found once for those of one place: every 6th with lazy phases of 2 and 3", () => {
    const phases = [phase("critic", { repeat: 2 }), phase("r1", { every: 2 }), phase("r2", { every: 3 })];
    const schedule = new Schedule(phases);
    for (let round = 0; round < 20; round++) expect(schedule.plays(round)).toEqual(playsOfRound(phases, round));
    expect(schedule.plays(13)).toBe(schedule.plays(1));
    expect([5, 6, 13].map((round) => schedule.place(round))).toEqual([5, 0, 1]);
  });

  it("has no places where a repeat is a function", () => {
    const schedule = new Schedule([phase("critic", { repeat: (round) => (round < 2 ? 3 : 1) })]);
    expect([1, 2].map((round) => schedule.plays(round))).toEqual([[0, 0, 0], [0]]);
    expect(schedule.place(1)).toBeUndefined();
  });
});

describe("lazyCorrection", () => {
  it("is 16/17 for one regular update a round and a regulariser on every 16th (Karras 2020, App. B)", () => {
    expect(lazyCorrection([phase("critic"), phase("r1", { every: 16 })], "D")).toBeCloseTo(16 / 17, 15);
  });
  it("counts repeats: 5 updates a round beside one on every 2nd give 5 / 5.5", () => {
    expect(lazyCorrection([phase("critic", { repeat: 5 }), phase("r1", { every: 2 })], "D")).toBeCloseTo(5 / 5.5, 15);
  });
  it("takes the mean of a function: 11 plays in every 10th round and else 1 are 2 a round, beside one on every 2nd 2 / 2.5", () => {
    const critic = phase("critic", { repeat: (round) => (round % 10 === 0 ? 11 : 1) });
    expect(lazyCorrection([critic, phase("r1", { every: 2 })], "D")).toBeCloseTo(2 / 2.5, 15);
  });
  it("is 1 without lazy phases, for lazy phases alone and for other networks", () => {
    expect(lazyCorrection([phase("critic")], "D")).toBe(1);
    expect(lazyCorrection([phase("r1", { every: 16 })], "D")).toBe(1);
    expect(lazyCorrection([phase("critic"), phase("r1", { every: 16 })], "G")).toBe(1);
  });
});

describe("due", () => {
  it("is true when a multiple of the interval lies in (before, now]", () => {
    expect(due(1, 936, 1000)).toBe(true);
    expect(due(1, 1000, 1064)).toBe(false);
    expect(due(0.5, 1000, 1499)).toBe(false);
    expect(due(0.5, 1000, 1500)).toBe(true);
  });
  it("is never true for an interval of 0", () => {
    expect(due(0, 0, 1000)).toBe(false);
  });
});
