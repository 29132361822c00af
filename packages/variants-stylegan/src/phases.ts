/** @file The game: Karras et al. 2020, the logistic loss with lazy R1 and path-length phases (App. B). */
import {
  batch,
  nonSaturating,
  normal,
  pathLength,
  phase,
  r1,
  tf,
  uniform,
  type BoundNetworks,
  type DataSpec,
  type Draw,
  type Phase,
  type Tensor,
  type TensorMap,
} from "@gan-arena/core";
import type { StyleganConfig } from "./config.js";
import { mixStyles } from "./mixing.js";
import type { Plan } from "./plan.js";

/** What an image is made of: two latents, the chance of mixing them, noise for every layer, and a label. */
const latents = ({ zDim }: StyleganConfig, plan: Plan): Readonly<Record<string, Draw>> => ({
  z: normal(zDim),
  zMix: normal(zDim),
  chance: uniform([2]),
  noise: normal(plan.noise),
  ...labelDraw(plan),
});

/** The label of each sample, when something depends on it. */
export const labelDraw = ({ classes }: Plan): Readonly<Record<string, Draw>> => (classes > 0 ? { c: batch("c") } : {});

/** The label as a list of inputs: empty when nothing depends on it. */
export const labels = ({ classes }: Plan, inputs: TensorMap): readonly Tensor[] => (classes > 0 ? [inputs["c"]] : []);

/** Styles for training, from both latents in one call of M. @returns `[N,styles,wDim]` */
function trainingStyles({ M }: BoundNetworks, inputs: TensorMap, { plan, probability }: TrainingOptions): Tensor {
  const { z, zMix, chance } = inputs;
  const twice = labels(plan, inputs).map((c) => tf.concat([c, c]));
  const [first, second] = tf.split(M(tf.concat([z, zMix]), ...twice), 2) as [Tensor, Tensor]; // [N,wDim]
  return mixStyles(first, second, { chance, styles: plan.styles, probability });
}

interface TrainingOptions {
  readonly plan: Plan;
  readonly probability: number;
}

/** The first of `parts` equal parts of each draw, at least one sample. */
function share(inputs: TensorMap, parts: number): TensorMap {
  const cut = (x: Tensor): Tensor => tf.slice(x, 0, Math.max(1, Math.floor(x.shape[0] / parts)));
  return Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, cut(x)]));
}

/** Weight of a batch in the running mean of path lengths, as in the authors' code. */
const PATH_DECAY = 0.01;

export function styleganPhases(config: StyleganConfig, plan: Plan, { image }: DataSpec): Phase[] {
  const { r1Gamma, r1Every, pathLengthWeight, pathLengthEvery, pathLengthShrink } = config;
  const options = { plan, probability: config.mixingProbability };
  const fakes = (nets: BoundNetworks, inputs: TensorMap): Tensor =>
    nets["G"](trainingStyles(nets, inputs, options), inputs["noise"]);

  const discriminator = phase({
    name: "discriminator",
    updates: ["D"],
    draws: { x: batch(), ...latents(config, plan) },
    loss(nets, inputs) {
      const c = labels(plan, inputs);
      const real = nets["D"](inputs["x"], ...c);
      const fake = nets["D"](fakes(nets, inputs), ...c);
      return {
        terms: { adversarial: nonSaturating.discriminator({ real, fake }) },
        probes: { "score/real": tf.mean(real), "score/fake": tf.mean(fake) },
      };
    },
  });
  const slope = phase({
    name: "r1",
    updates: ["D"],
    every: r1Every,
    draws: { x: batch(), ...labelDraw(plan) },
    loss: ({ D }, { x, ...inputs }) => ({
      terms: { penalty: r1((at) => D(at, ...labels(plan, inputs)), x, { gamma: r1Gamma }) },
    }),
  });
  const generator = phase({
    name: "generator",
    updates: ["M", "G"],
    draws: latents(config, plan),
    loss: (nets, inputs) => ({
      terms: {
        adversarial: nonSaturating.generator({ fake: nets["D"](fakes(nets, inputs), ...labels(plan, inputs)) }),
      },
    }),
  });
  const path = phase({
    name: "pathLength",
    updates: ["M", "G"],
    every: pathLengthEvery,
    draws: { ...latents(config, plan), y: normal([image?.height ?? 0, image?.width ?? 0, plan.channels]) },
    memory: { mean: 0, plays: 0 },
    loss(nets, drawn, memory) {
      const inputs = share(drawn, pathLengthShrink); // App. B: lengths need fewer samples than losses do
      const ws = trainingStyles(nets, inputs, options);
      const { penalty, mean, length } = pathLength((at) => nets["G"](at, inputs["noise"]), ws, {
        noise: inputs["y"],
        mean: memory.mean,
        // A plain mean of all lengths at first: the one of the authors' code begins at 0, and for the hundred plays that
        // it needs to arrive (nothing beside their budget, a tenth of ours) all lengths would be punished for being any.
        decay: tf.maximum(PATH_DECAY, tf.div(1, tf.add(memory.plays, 1))),
      });
      return {
        terms: { penalty: tf.mul(pathLengthWeight, penalty) },
        probes: { "pathLength/length": length },
        remember: { mean, plays: tf.add(memory.plays, 1) },
      };
    },
  });
  return [discriminator, ...(r1Gamma > 0 ? [slope] : []), generator, ...(pathLengthWeight > 0 ? [path] : [])];
}
