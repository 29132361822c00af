/** @file Settings that every variant shares, and what they do to one. */
import { expect, test } from "vitest";
import { z } from "zod";
import type { DataSpec } from "../contracts/dataset.js";
import type { Phase } from "../contracts/variant.js";
import { createContainer, named, VARIANT } from "../di.js";
import { batch, defineVariant, normal, phase, view } from "../game/index.js";
import { nonSaturating } from "../losses/index.js";
import { adam } from "../optimizers/index.js";
import { r1 } from "../penalties/index.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { applyParts } from "./apply.js";
import { partsOf, withPartsSettings } from "./schema.js";

const data: DataSpec = {
  name: "points",
  fields: { x: { shape: [2], dtype: "float32" } },
  points: { dim: 2 },
  size: 10,
};

/** D(x) = 3 x_0 + 4 x_1, whose slope is 5 everywhere. */
const D = (x: Tensor): Tensor => tf.matMul(x, tf.tensor([[3], [4]]));
const G = (z: Tensor): Tensor => tf.mul(2, z);

const variant = defineVariant({
  name: "third-party",
  paper: { title: "t", authors: "a", year: 2020 },
  deviations: [],
  config: z.object({ own: z.number().default(1) }),
  searchSpace: {},
  networks: () => ({ G: (_, z) => G(z), D: (nn, x) => nn.dense(x, 1) }),
  optimizers: () => ({ G: adam({ lr: 1e-3 }), D: adam({ lr: 1e-3, beta1: 0.5 }) }),
  phases: () => [
    phase({
      name: "critic",
      updates: ["D"],
      draws: { x: batch(), z: normal(2) },
      loss: ({ G, D }, { x, z }) => ({
        terms: { adversarial: nonSaturating.discriminator({ real: D(x), fake: D(G(z)) }), own: r1(D, x, { gamma: 2 }) },
      }),
    }),
    phase({
      name: "generator",
      updates: ["G"],
      draws: { z: normal(2) },
      loss: ({ G, D }, { z }) => ({ terms: { adversarial: nonSaturating.generator({ fake: D(G(z)) }) } }),
    }),
  ],
  views: () => [view({ name: "samples", draws: { z: normal(2) }, render: ({ G }, { z }) => G(z) })],
});

/** The terms of phase 0, each as a number. */
function termsWith(regularizers: object, memory: Record<string, number> = {}) {
  const applied = applyParts(withPartsSettings(variant), { own: 1, regularizers });
  const [critic] = applied.variant.phases({ own: 1, regularizers }, data) as Phase[];
  const shapes = { partsEpsilon: [4, 1] };
  const drawn = Object.fromEntries(
    Object.entries(critic.draws).map(([name, draw]) => {
      const own =
        "shape" in draw && draw.shape ? [4, ...draw.shape] : ((shapes as Record<string, number[]>)[name] ?? [4, 2]);
      return [name, tf.fill(own, name === "x" ? 1 : 0.5)];
    }),
  );
  const cells = Object.fromEntries(Object.entries({ ...critic.memory, ...memory }).map(([k, v]) => [k, tf.scalar(v)]));
  const { terms, remember = {} } = critic.loss({ G, D }, drawn, cells);
  applied.check();
  const numbers = (map: object) =>
    Object.fromEntries(Object.entries(map).map(([k, t]) => [k, (t as Tensor).dataSync()[0]]));
  return { terms: numbers(terms), remember: numbers(remember), critic };
}

test("a registered variant gets the settings without doing anything, and a config without them has no trace of them", () => {
  const container = createContainer();
  container.register(VARIANT, { useValue: variant });
  const found = named(container, VARIANT, "third-party", "variant");
  expect(found.config.parse({})).toEqual({ own: 1 });
  expect(found.config.parse({ regularizers: { r1: { gamma: 10 } } })).toEqual({
    own: 1,
    regularizers: { r1: { gamma: 10 } },
  });
  expect(found.config.safeParse({ regularizers: { r3: { gamma: 10 } } }).success).toBe(false);
  expect(found.config.safeParse({ regularizers: { r1: { gamma: -1 } } }).success).toBe(false);
  expect(withPartsSettings(found)).toBe(found);
});

test("with nothing switched on, or all at zero, the variant is the same object", () => {
  const known = withPartsSettings(variant);
  expect(applyParts(known, { own: 1 }).variant).toBe(known);
  expect(applyParts(known, { own: 1, regularizers: { r1: { gamma: 0 }, spectralNorm: false } }).variant).toBe(known);
});

test("a variant's own section of that name is its own", () => {
  const own = { ...variant, config: z.object({ regularizers: z.object({ r1: z.number() }) }) };
  expect(partsOf(withPartsSettings(own), { regularizers: { r1: 3 } }).regularizers).toBeUndefined();
});

test("slope 5: r1 of gamma 10 is 10/2 * 25 = 125, r2 of gamma 2 is 25, the loss's own r1 of gamma 2 stays 25", () => {
  const { terms } = termsWith({ r1: { gamma: 10 }, r2: { gamma: 2 } });
  expect(terms).toMatchObject({ own: 25, r1: 125, r2: 25 });
});

test("slope 5: two-sided 0.5 * (5 - 1)^2 = 8, dragan 2 * 16 = 32", () => {
  const { terms } = termsWith({
    gradientPenalty: { lambda: 0.5, target: 1, sided: "two" },
    dragan: { lambda: 2, scale: 0.5 },
  });
  expect(terms["gradientPenalty"]).toBeCloseTo(8, 4);
  expect(terms["dragan"]).toBeCloseTo(32, 4);
});

test("scores 7 of both sides: label smoothing 0.1 * 7; lecam 0.5 * ((7 - 2)^2 + (7 - 1)^2) = 30.5, means to 0.9 * 1 + 0.7", () => {
  const { terms, remember } = termsWith(
    { labelSmoothing: { alpha: 0.1 }, lecam: { lambda: 0.5, decay: 0.9 } },
    { partsRealMeanD: 1, partsFakeMeanD: 2 },
  );
  expect(terms["labelSmoothing"]).toBeCloseTo(0.7, 5);
  expect(terms["lecam"]).toBeCloseTo(30.5, 4);
  expect(remember["partsRealMeanD"]).toBeCloseTo(1.6, 5);
  expect(remember["partsFakeMeanD"]).toBeCloseTo(2.5, 5);
});

test("two time-scales: one setting of one network, the rest as the variant has it", () => {
  const config = { own: 1, optimizer: { D: { lr: 0.02 } } };
  const specs = applyParts(withPartsSettings(variant), config).variant.optimizers(config, data);
  expect(specs["D"]?.settings).toEqual({ lr: 0.02, beta1: 0.5, beta2: 0.999 });
  expect(specs["G"]?.settings).toEqual({ lr: 1e-3, beta1: 0.9, beta2: 0.999 });
});

test.each([
  [{ optimizer: { E: { lr: 1 } } }, /optimizer\.E\] there is no optimiser for it.*D, G/],
  [{ optimizer: { D: { momentum: 0.5 } } }, /adam has no momentum that can be set \(it has lr, beta1, beta2\)/],
])("%j is one clear sentence", (settings, message) => {
  const config = { own: 1, ...settings };
  expect(() => applyParts(withPartsSettings(variant), config).variant.optimizers(config, data)).toThrow(message);
});

test("a part without critics, and one that finds nothing to act on, say so", () => {
  const config = { own: 1, regularizers: { r1: { gamma: 1 } } };
  const bare = { ...variant, critics: [] };
  expect(() => applyParts(withPartsSettings(bare), config).variant.phases(config, data)).toThrow(
    /regularizers\.r1\] it acts on critics, and this variant has none \(its networks: G, D\)/,
  );
  expect(() => applyParts(withPartsSettings(variant), config).check()).toThrow(
    /regularizers\.r1\] it needs a phase that shows a real batch/,
  );
});
