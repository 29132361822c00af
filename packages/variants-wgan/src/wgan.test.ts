import { tf, type AnyVariant, type DataSpec, type TensorMap } from "@gan-arena/core";
import { describe, expect, it } from "vitest";
import { wganGp, wganGpConfig } from "./wgan-gp.js";
import { criticSteps, wgan, wganConfig } from "./wgan.js";

await tf.setBackend("cpu");

const points: DataSpec = { name: "p", fields: { x: { shape: [2], dtype: "float32" } }, points: { dim: 2 }, size: 9 };
const digits = (side: number): DataSpec => ({
  name: "d",
  fields: { x: { shape: [side, side, 1], dtype: "float32" } },
  image: { height: side, width: side, channels: 1 },
  size: 9,
});

/** Terms of a phase for G(z) = 2 z and D(x) = 3 x, as numbers. */
function termsOf(variant: AnyVariant, config: unknown, phase: number, inputs: TensorMap): Record<string, number> {
  const played = variant.phases(config, points)[phase];
  const nets = { G: (z: tf.Tensor) => tf.mul(2, z), D: (x: tf.Tensor) => tf.mul(3, x) };
  const { terms } = played.loss(nets, inputs, {});
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, (value as tf.Tensor).dataSync()[0]]));
}

const x = tf.tensor2d([[1], [3]]);
const z = tf.tensor2d([[0], [1]]);

describe("wgan", () => {
  it("is D(G(z)) - D(x) on average for the critic: 3 (0 + 2) / 2 - 3 (1 + 3) / 2 = -3, and -3 for G", () => {
    const config = wganConfig.parse({});
    expect(termsOf(wgan, config, 0, { x, z })).toEqual({ wasserstein: -3 });
    expect(termsOf(wgan, config, 1, { z })).toEqual({ adversarial: -3 });
  });

  it.each([
    ["points", points, "clipWeights(0.1)"],
    ["images", digits(28), "clipWeights(0.01)"],
  ])("clips the weights of the critic only, for %s by default with %s", (_, data, name) => {
    const [critic, generator] = wgan.phases(wganConfig.parse({}), data);
    expect([critic.updates, critic.repeat, critic.constrain?.name]).toEqual([["D"], 5, name]);
    expect([generator.updates, generator.repeat, generator.constrain]).toEqual([["G"], undefined, undefined]);
  });

  it("trains the critic 100 steps in rounds 0 to 24, 500, 1000, … when asked for", () => {
    const steps = criticSteps({ nCritic: 5, nCriticLong: 100 }) as (round: number) => number;
    expect([0, 24, 25, 499, 500, 501, 1000].map(steps)).toEqual([100, 100, 5, 5, 100, 5, 100]);
    expect(criticSteps({ nCritic: 3, nCriticLong: 0 })).toBe(3);
  });

  it("has the paper's clipping and RMSProp at the paper's rate: the first step is lr g / sqrt(0.01 g^2) = 10 lr", () => {
    const { D } = wgan.optimizers(wganConfig.parse({ lr: 5e-5 }), digits(28));
    const scalars = D.scalars({ update: 1, kimg: 0, totalKimg: 1 });
    const wrapped = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, tf.scalar(value)]));
    const start = { params: tf.tensor1d([0]), grads: tf.tensor1d([-4]), slots: { v: tf.tensor1d([0]) } };
    expect(D.step({ ...start, scalars: wrapped }).params.dataSync()).toBeAllclose([5e-4]);
    expect(wganConfig.safeParse({ clipValue: 0 }).success).toBe(false);
  });
});

describe("wgan-gp", () => {
  const epsilon = tf.tensor2d([[0.5], [0.25]]);

  it("adds lambda (|3| - 1)^2 = 40 with lambda 10, whatever xHat is", () => {
    const config = wganGpConfig.parse({ gpLambda: 10 });
    const terms = termsOf(wganGp, config, 0, { x, z, epsilon });
    expect(terms["wasserstein"]).toBe(-3);
    expect(terms["penalty"]).toBeCloseTo(40, 4);
  });

  it("measures the slope at epsilon x + (1 - epsilon) xTilde: 0.5 and 2.25 for x = 1, 3 and xTilde = 0, 2", () => {
    // D(x) = x^2 has slope 2 x: (1 - 1)^2 and (4.5 - 1)^2, on average 6.125.
    const [critic] = wganGp.phases(wganGpConfig.parse({ gpLambda: 1 }), points);
    const nets = { G: (z: tf.Tensor) => tf.mul(2, z), D: (x: tf.Tensor) => tf.square(x) };
    const terms = critic.loss(nets, { x, z, epsilon }, {}).terms as Readonly<Record<string, tf.Tensor>>;
    expect(terms["penalty"].dataSync()).toBeAllclose([6.125], 1e-4);
  });

  it("draws one epsilon for each sample and plays the critic nCritic times", () => {
    const [critic] = wganGp.phases(wganGpConfig.parse({ nCritic: 3 }), points);
    expect(critic.draws["epsilon"]).toEqual({ kind: "uniform", low: 0, high: 1 });
    expect(critic.repeat).toBe(3);
  });

  it("has lambda 0.1 for points, 10 for images, and no penalty with 0", () => {
    const penalty = (set: object, data: DataSpec) => {
      const [critic] = wganGp.phases(wganGpConfig.parse(set), data);
      const nets = { G: (z: tf.Tensor) => tf.mul(2, z), D: (x: tf.Tensor) => tf.mul(3, x) };
      return (critic.loss(nets, { x, z, epsilon }, {}).terms as Record<string, tf.Tensor | undefined>)[
        "penalty"
      ]?.dataSync()[0];
    };
    expect(penalty({}, points)).toBeCloseTo(0.4, 4);
    expect(penalty({}, digits(28))).toBeCloseTo(40, 4);
    expect(penalty({ gpLambda: 0 }, points)).toBeUndefined();
  });

  it.each([wgan, wganGp])("$name refuses images of other sizes in its own name", (variant: AnyVariant) => {
    expect(() => variant.networks(variant.config.parse({}), digits(30))).toThrow(
      `[${variant.name}] needs square images`,
    );
  });
});
