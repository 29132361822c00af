/** @file The matcher that numeric tests use: every element within atol + rtol * |expected|, both sides finite or equal. */
import { expect } from "vitest";

type Numbers = ArrayLike<number> | number;
const list = (values: Numbers): number[] => (typeof values === "number" ? [values] : Array.from(values));

expect.extend({
  toBeAllclose(received: Numbers, expected: Numbers, rtol = 1e-5, atol = 1e-7) {
    const got = list(received);
    const want = list(expected);
    let worst = "";
    let excess = 0;
    if (got.length !== want.length) worst = `lengths ${got.length} and ${want.length}`;
    else
      got.forEach((value, i) => {
        const target = want[i];
        if (Object.is(value, target) || value === target) return;
        const over = Math.abs(value - target) / (atol + rtol * Math.abs(target));
        if (!(over <= 1) && !(over <= excess)) {
          excess = over;
          worst = `at ${i}: got ${value}, expected ${target} (${over.toPrecision(3)} times the tolerance)`;
        }
      });
    return { pass: worst === "", message: () => `values ${worst === "" ? "are" : "are not"} close: ${worst}` };
  },
});

declare module "vitest" {
  // oxlint-disable-next-line typescript/no-explicit-any
  interface Assertion<T = any> {
    toBeAllclose(expected: Numbers, rtol?: number, atol?: number): T;
  }
}
