import { allOf, createContainer, METRIC } from "@gan-arena/core/base";
import { expect, it } from "vitest";
import { register } from "./register.js";

it("registers every metric of the package, its protocol all its own", () => {
  const container = createContainer();
  register(container);
  const metrics = allOf(container, METRIC);
  const names = metrics.map(({ name }) => name);
  expect(names).toEqual([
    "hq2500",
    "modes2500",
    "pair-error",
    "reverse-kl2500",
    "swd-patches2k",
    "swd-pixels2k",
    "swd-points2k",
  ]);
  expect(new Set(metrics.map(({ protocol }) => protocol)).size).toBe(7);
});
