import { allOf, createContainer, DATASET } from "@gan-arena/core/base";
import { expect, it } from "vitest";
import { register } from "./register.js";

it("registers every data set of the package under its name", () => {
  const container = createContainer();
  register(container);
  const names = allOf(container, DATASET).map(({ name }) => name);
  expect(names).toEqual([
    "digits-inverted",
    "emoji",
    "gaussian-1d",
    "grid",
    "mnist",
    "noto-twemoji",
    "ring",
    "swiss-roll",
    "uniform-1d",
  ]);
});
