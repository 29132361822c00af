import { describe, expect, it } from "vitest";
import { TermMeter } from "./terms.js";

describe("TermMeter", () => {
  it("means of 1, 2 and of 10, 30 are 1.5 and 20, then nothing until the next play", () => {
    const meter = new TermMeter(["D/penalty", "score/real"]);
    expect(meter.add([1, 10])).toBe(-1);
    expect(meter.add([2, 30])).toBe(-1);
    const means = {};
    meter.flush(means);
    expect(means).toEqual({ "D/penalty": 1.5, "score/real": 20 });
    const none = {};
    meter.flush(none);
    expect(none).toEqual({});
  });

  it("finds the first value that is not finite", () => {
    expect(new TermMeter(["a", "b", "c"]).add([1, Infinity, NaN])).toBe(1);
  });

  it("goes on from what was saved", () => {
    const meter = new TermMeter(["a"]);
    meter.add([1]);
    const other = new TermMeter(["a"]);
    other.load(meter.save());
    other.add([4]);
    const means: Record<string, number> = {};
    other.flush(means);
    expect(means["a"]).toBe(2.5);
  });
});
