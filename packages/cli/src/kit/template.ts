/** @file What `new-variant` writes: a whole package, small enough to be read at once. */
import { version } from "../version.js";

/** The files of a new variant, by name. @param name lower-case words joined by hyphens */
export const filesOf = (name: string): Readonly<Record<string, string>> => ({
  "README.md": readme(name),
  "index.js": variant(name),
  "index.test.js": test(name),
  "package.json": `${JSON.stringify(manifest(name), undefined, 2)}\n`,
});

/** `my-gan` as a name in JavaScript. */
const identifier = (name: string): string =>
  name.replaceAll(/-([a-z0-9])/gu, (_, letter: string) => letter.toUpperCase());

const manifest = (name: string) => ({
  name: `gan-arena-${name}`,
  version: "0.1.0",
  description: `The variant ${name} for gan-arena`,
  type: "module",
  exports: "./index.js",
  scripts: { test: "node --test" },
  peerDependencies: { "@gan-arena/core": `^${version()}`, zod: "^4.0.0" },
  devDependencies: { "@gan-arena/engine": `^${version()}` },
});

const variant = (name: string): string => `/**
 * @file ${name}: say here what is new in it, in one sentence.
 *
 * Authors, year, arXiv, equation or algorithm number. Letters: x real, z latent, G(z) generated. D returns raw scores.
 */
import { adam, batch, defineVariant, logUniform, nonSaturating, normal, perceptrons, phase, r1, smallConvolutions, tf, VARIANT, view } from "@gan-arena/core";
import { z as schema } from "zod";

export const ${identifier(name)} = defineVariant({
  name: "${name}",
  // Where the method is from: \`gan-arena cite ${name}\` prints it.
  paper: { title: "Generative Adversarial Networks", authors: "Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio", year: 2014, arxiv: "1406.2661" },
  // One sentence for each departure from the paper.
  deviations: ["Adam instead of momentum SGD", "an R1 penalty on D (r1Gamma)"],

  // Every setting has a default, bounds, and a line for --help; users change them by --set.
  config: schema.object({
    zDim: schema.int().min(1).max(1024).default(8).describe("length of the latent z"),
    hidden: schema.int().min(1).max(4096).default(64).describe("units of each hidden layer, for points"),
    layers: schema.int().min(1).max(8).default(3).describe("hidden layers, for points"),
    filters: schema.int().min(1).max(512).default(32).describe("channels of the convolution nearest to the image"),
    lr: schema.number().min(1e-6).max(1).default(1e-3).describe("learning rate of both networks"),
    r1Gamma: schema.number().min(0).max(1e3).default(0.1).describe("weight of the R1 penalty"),
  }),
  searchSpace: { lr: logUniform(1e-4, 1e-2), r1Gamma: logUniform(1e-3, 10) },
  defaults: (_, data) => (data.image ? { batchSize: 32, kimg: 40 } : { batchSize: 128, kimg: 1000 }),

  // A network is a function of a scope, which owns its parameters, and of its inputs.
  networks: (config, data) =>
    data.image ? smallConvolutions(config, data.image) : perceptrons(config, data),
  optimizers: ({ lr }) => ({ G: adam({ lr, beta1: 0.5, beta2: 0.99 }), D: adam({ lr, beta1: 0.5, beta2: 0.99 }) }),
  averages: () => ({ G: 10 }),

  // One round plays them in order. A phase moves the networks that it updates, and descends the sum of its terms.
  phases: ({ zDim, r1Gamma }) => [
    phase({
      name: "discriminator",
      updates: ["D"],
      draws: { x: batch(), z: normal(zDim) },
      loss({ G, D }, { x, z }) {
        const [real, fake] = [D(x), D(G(z))];
        return {
          terms: { adversarial: nonSaturating.discriminator({ real, fake }), r1: r1(D, x, { gamma: r1Gamma }) },
          probes: { "score/real": tf.mean(real), "score/fake": tf.mean(fake) },
        };
      },
    }),
    phase({
      name: "generator",
      updates: ["G"],
      draws: { z: normal(zDim) },
      loss: ({ G, D }, { z }) => ({ terms: { adversarial: nonSaturating.generator({ fake: D(G(z)) }) } }),
    }),
  ],
  // The first view is what metrics judge and pictures show.
  views: ({ zDim }) => [view({ name: "samples", draws: { z: normal(zDim) }, render: ({ G }, { z }) => G(z) })],
});

export const register = (container) => container.register(VARIANT, { useValue: ${identifier(name)} });
`;

const test = (name: string): string => `import { describe, it } from "node:test";
import { smallConfig, testVariant } from "@gan-arena/core/testing";
import { cpuFactory, OnnxEngine } from "@gan-arena/engine";
import { ${identifier(name)} } from "./index.js";

testVariant(${identifier(name)}, {
  config: smallConfig(${identifier(name)}).config,
  engine: () => OnnxEngine.create({ threads: 1 }),
  reference: () => cpuFactory.create({ threads: 1, deterministic: true }),
  describe,
  it,
});
`;

const readme = (name: string): string => `# ${name}

A variant for gan-arena. \`index.js\` is the whole method, \`index.test.js\` plays the
conformance suite on it.

    gan-arena train ${name} --dataset ring --plugin .
    gan-arena compare --variants gan,${name} --dataset ring --plugin .
    gan-arena check-variant .
    npm test
`;
