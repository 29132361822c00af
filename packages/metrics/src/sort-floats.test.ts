import { stream } from "@gan-arena/core/base";
import { describe, expect, it } from "vitest";
import { sortFloats } from "./sort-floats.js";

const numbers = (count: number) => stream(0, "sort").normal(count, new Float32Array(count));

describe("sortFloats", () => {
  it.each([0, 1, 2, 1023, 1024, 1025, 5000])("sorts %i numbers as Float32Array.sort does", (count) => {
    const values = numbers(count);
    expect(sortFloats(values.slice())).toEqual(values.toSorted());
  });

  it("sorts zeros of both signs, infinities, the smallest numbers and equal ones", () => {
    const special = [0, -0, Infinity, -Infinity, 1e-45, -1e-45, 3.4e38, -3.4e38, 1, 1, -1, -1];
    const values = Float32Array.from([...special, ...numbers(1100), ...special]);
    const sorted = values.toSorted();
    sortFloats(values);
    expect(values.every((value, i) => Object.is(value, sorted[i]))).toBe(true);
  });

  it("touches only its own part of a buffer", () => {
    const whole = numbers(3000);
    const before = whole.slice();
    const part = sortFloats(whole.subarray(700, 2100));
    expect(part.buffer).toBe(whole.buffer);
    expect(whole.subarray(0, 700)).toEqual(before.subarray(0, 700));
    expect(whole.subarray(2100)).toEqual(before.subarray(2100));
  });
});
