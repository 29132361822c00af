/**
 * @file The cases: what one step is, for us and for the peers. A step is one round of the game: nCritic updates of D and one
 * of G, each from fresh noise, each D update from a fresh real batch.
 *
 * Loading this file loads neither TensorFlow.js nor the arena; `open` does.
 */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} summary what is trained, one line
 * @property {number} batchSize
 * @property {number} threads
 * @property {number} copies processes that play it at the same time, each with so many threads
 * @property {number} chunk rounds that our worker plays between two looks at the clock; a few milliseconds' worth
 * @property {"points" | "digits" | "tutorial"} networks
 * @property {number} width units of a hidden layer, or channels of the convolution nearest to the image
 * @property {"nonSaturating" | "wganGp"} loss
 * @property {number} nCritic
 * @property {number} gpLambda
 * @property {() => Promise<{ variant: object, data: object }>} open
 */

const defaults = { loss: "nonSaturating", nCritic: 1, gpLambda: 0, copies: 1 };

/** @returns {Case} */
const points = (own) => ({
  ...defaults,
  networks: "points",
  chunk: 20,
  open: async () => (await import("./points.mjs")).openPoints({ ...defaults, ...own }),
  ...own,
});

/** @returns {Case} */
const digits = (own) => ({
  ...defaults,
  networks: "digits",
  chunk: 1,
  batchSize: 64,
  threads: 2,
  open: async () => (await import("./digits.mjs")).openDigits({ ...defaults, ...own }),
  ...own,
});

/** @type {readonly Case[]} */
export const CASES = [
  points({
    name: "ring-64",
    summary: "perceptrons 2-64-64-64 on the ring, batch 64",
    batchSize: 64,
    width: 64,
    threads: 1,
  }),
  points({
    name: "ring",
    summary: "perceptrons 2-128-128-128 on the ring, batch 256",
    batchSize: 256,
    width: 128,
    threads: 2,
  }),
  points({
    name: "ring-wgan-gp",
    summary: "as ring-64, critic with gradient penalty (second order)",
    batchSize: 64,
    width: 64,
    threads: 1,
    loss: "wganGp",
    gpLambda: 0.1,
  }),
  digits({ name: "dcgan-28", summary: "two convolutions each, 64 filters, 28x28x1, batch 64", width: 64 }),
  digits({ name: "dcgan-28-32f", summary: "as dcgan-28 with 32 filters", width: 32 }),
  digits({
    name: "sweep-28",
    summary: "two runs of dcgan-28 at once, one thread each, as a sweep plays them",
    width: 64,
    threads: 1,
    copies: 2,
  }),
  digits({
    name: "wgan-gp-28",
    summary: "as dcgan-28, five critic updates with gradient penalty",
    width: 64,
    loss: "wganGp",
    nCritic: 5,
    gpLambda: 10,
  }),
  {
    ...defaults,
    name: "dcgan-64",
    summary: "the networks of PyTorch's DCGAN tutorial, batch norm, 64x64x3, batch 64",
    networks: "tutorial",
    width: 64,
    batchSize: 64,
    threads: 2,
    chunk: 1,
    open: async () => (await import("./tutorial.mjs")).openTutorial({ width: 64 }),
  },
];

/** @throws Error that lists the known names */
export function caseByName(name) {
  const found = CASES.find((each) => each.name === name);
  if (!found) throw new Error(`unknown case "${name}"; known are ${CASES.map((each) => each.name).join(", ")}`);
  return found;
}
