import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parseWithSchema } from "./validate.js";

const schema = z.object({
  nCritic: z.int().min(1).max(100).default(5).describe("critic updates per generator update"),
  lr: z.number().gt(0).default(1e-4),
  loss: z.enum(["minimax", "nonSaturating"]).default("nonSaturating").describe("loss of G"),
  size: z.union([z.literal(28), z.literal(32)]).default(28),
  adam: z.object({ beta1: z.number().min(0).lt(1).default(0.5).describe("decay of the mean") }).prefault({}),
  width: z.union([z.literal("auto"), z.int().min(1)]).default("auto"),
  layers: z.array(z.int().min(1)).default([128, 128]),
  name: z.string(),
});
const valid = { name: "x" };

describe("parseWithSchema says where, what was expected, what came and what to do", () => {
  test.each([
    [
      "below a bound",
      { ...valid, nCritic: 0 },
      "[gan nCritic] expected an integer from 1 to 100 (critic updates per generator update), got 0; leave it out for the default 5",
    ],
    [
      "a fraction",
      { ...valid, nCritic: 1.5 },
      /^\[gan nCritic\] expected an integer from 1 to 100 .*, got 1\.5; leave/u,
    ],
    [
      "at an excluded bound",
      { ...valid, lr: 0 },
      "[gan lr] expected a number > 0, got 0; leave it out for the default 0.0001",
    ],
    [
      "of the wrong type",
      { ...valid, lr: "fast" },
      '[gan lr] expected a number > 0, got "fast"; leave it out for the default 0.0001',
    ],
    [
      "no member of an enum",
      { ...valid, loss: "hinge" },
      '[gan loss] expected one of minimax, nonSaturating (loss of G), got "hinge"; leave it out for the default "nonSaturating"',
    ],
    [
      "no member of a union of literals",
      { ...valid, size: 30 },
      "[gan size] expected one of 28, 32, got 30; leave it out for the default 28",
    ],
    [
      "no member of a union",
      { ...valid, width: 0 },
      '[gan width] expected auto or an integer >= 1, got 0; leave it out for the default "auto"',
    ],
    [
      "wrong in a nested group",
      { ...valid, adam: { beta1: 1 } },
      "[gan adam.beta1] expected a number >= 0 and < 1 (decay of the mean), got 1; leave it out for the default 0.5",
    ],
    ["wrong in a list", { ...valid, layers: [128, 0] }, "[gan layers.1] expected an integer >= 1, got 0; change it"],
    ["missing", {}, "[gan name] expected text, got nothing; add it"],
    [
      "not finite",
      { ...valid, lr: Number.NaN },
      "[gan lr] expected a number > 0, got NaN; leave it out for the default 0.0001",
    ],
  ])("a value %s", (_what, value, message) => {
    expect(() => parseWithSchema(schema, value, "gan")).toThrow(message);
  });

  test("an unknown key is refused although the schema is not strict, with the nearest key", () => {
    expect(() => parseWithSchema(schema, { ...valid, adam: { beta: 0.5 } }, "gan")).toThrow(
      '[gan adam.beta] there is no setting "adam.beta"; did you mean "adam.beta1"?',
    );
  });

  test("a custom rule speaks for itself", () => {
    const rule = schema.refine(({ nCritic }) => nCritic !== 13, { message: "Thirteen is unlucky", path: ["nCritic"] });
    expect(() => parseWithSchema(rule, { ...valid, nCritic: 13 }, "gan")).toThrow("[gan nCritic] thirteen is unlucky");
  });

  test("a record takes any key", () => {
    expect(parseWithSchema(z.record(z.string(), z.number()), { anything: 1 }, "gan")).toEqual({ anything: 1 });
  });

  test("defaults are filled in", () => {
    expect(parseWithSchema(schema, valid, "gan")).toEqual({
      nCritic: 5,
      lr: 1e-4,
      loss: "nonSaturating",
      size: 28,
      adam: { beta1: 0.5 },
      width: "auto",
      layers: [128, 128],
      name: "x",
    });
  });
});
