/**
 * @file The cases: what one step is, for us and for the peers. A step of training is one round of the game: nCritic updates
 * of D and one of G, each from fresh noise, each D update from a fresh real batch; a step of sampling is one batch of G.
 *
 * Loading this file loads neither TensorFlow.js nor the arena; `open` does.
 */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {"training" | "sampling"} kind
 * @property {string} summary what is trained or drawn, one line
 * @property {number} batchSize
 * @property {number} threads
 * @property {number} copies processes that play it at the same time, each with so many threads
 * @property {number} chunk steps that our worker plays between two looks at the clock; a few milliseconds' worth, whole cycles
 * @property {number} cycle steps after which all are played once more that are not played in each, as lazy regularisers
 * @property {number} plays of programs in a step, on average
 * @property {number} shown real batches that critics learn from in a step, on average
 * @property {"points" | "digits" | "tutorial" | "cyclegan" | "stylegan"} networks
 * @property {number} width units of a hidden layer, or channels of the convolution nearest to the image
 * @property {"nonSaturating" | "wganGp" | undefined} loss undefined where the variant brings its own
 * @property {number} nCritic
 * @property {number} gpLambda
 * @property {() => Promise<{ variant: object, data: object }>} open
 */

/** What a case is when it does not say otherwise. @returns {Case} */
const training = (own) => {
  const nCritic = own.nCritic ?? 1;
  const usual = { kind: "training", copies: 1, threads: 2, batchSize: 64, chunk: 1, cycle: 1, gpLambda: 0 };
  return { ...usual, nCritic, plays: nCritic + 1, shown: nCritic, ...own };
};

/** G of another case in evaluation mode, a batch a step. @returns {Case} */
const sampling = (from, own) => ({ ...from, kind: "sampling", plays: 1, shown: 0, ...own });

/** @returns {Case} */
const points = (own) => {
  const played = training({ networks: "points", loss: "nonSaturating", chunk: 20, ...own });
  return { ...played, open: async () => (await import("./points.mjs")).openPoints(played) };
};

/** Runs of these games report every fifteen steps; looking at the clock is such a report. @returns {Case} */
const digits = (own) => {
  const played = training({ networks: "digits", loss: "nonSaturating", chunk: own.nCritic ? 1 : 8, ...own });
  return { ...played, open: async () => (await import("./digits.mjs")).openDigits(played) };
};

const dcgan28 = digits({
  name: "dcgan-28",
  summary: "two convolutions each, 64 filters, 28x28x1, batch 64",
  width: 64,
});

const dcgan64 = training({
  name: "dcgan-64",
  summary: "the networks of PyTorch's DCGAN tutorial, batch norm, 64x64x3, batch 64",
  networks: "tutorial",
  loss: "nonSaturating",
  width: 64,
  open: async () => (await import("./tutorial.mjs")).openTutorial({ width: 64 }),
});

/** StyleGAN's lazy phases: R1, which shows D a real batch of its own, and the path length of G. */
const LAZY = { r1: 16, pathLength: 4 };

/** @type {readonly Case[]} */
export const CASES = [
  points({
    name: "ring-64",
    summary: "perceptrons 2-64-64-64 on the ring, batch 64",
    width: 64,
    threads: 1,
  }),
  points({
    name: "ring",
    summary: "perceptrons 2-128-128-128 on the ring, batch 256",
    batchSize: 256,
    width: 128,
  }),
  points({
    name: "ring-wgan-gp",
    summary: "as ring-64, critic with gradient penalty (second order)",
    width: 64,
    threads: 1,
    loss: "wganGp",
    gpLambda: 0.1,
  }),
  dcgan28,
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
  dcgan64,
  training({
    name: "stylegan-32",
    summary: "the variant stylegan with its defaults, lazy R1 and path length, 32x32x3, batch 16",
    networks: "stylegan",
    width: 16,
    batchSize: 16,
    cycle: LAZY.r1,
    chunk: LAZY.r1,
    plays: 2 + 1 / LAZY.r1 + 1 / LAZY.pathLength,
    shown: 1 + 1 / LAZY.r1,
    open: async () => (await import("./variants.mjs")).openStylegan(),
  }),
  training({
    name: "cyclegan-64",
    summary: "the variant cyclegan with its defaults, both translators and both critics, 64x64x3, batch 4",
    networks: "cyclegan",
    width: 16,
    batchSize: 4,
    open: async () => (await import("./variants.mjs")).openCyclegan(),
  }),
  sampling(dcgan28, { name: "sample-28", summary: "64 pictures by G of dcgan-28" }),
  sampling(dcgan64, { name: "sample-64", summary: "64 pictures by G of dcgan-64, batch norm by running statistics" }),
];

/** @throws Error that lists the known names */
export function caseByName(name) {
  const found = CASES.find((each) => each.name === name);
  if (!found) throw new Error(`unknown case "${name}"; known are ${CASES.map((each) => each.name).join(", ")}`);
  return found;
}
